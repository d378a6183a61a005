// The filter in the words of targets, and the states as buttons that filter.
import { ActionIcon, Popover, SegmentedControl, TextInput } from "@mantine/core";
import { IconHelp, IconLayoutGrid, IconLayoutList, IconTable, IconX } from "@tabler/icons-react";
import { useRef } from "react";
import { Status } from "~/look/Status";
import { useKeys } from "~/shell/keys";
import { usePreferences } from "~/shell/preferences";
import type { Seen, View } from "./address";
import classes from "./fleet.module.css";

interface Props {
  seen: Seen;
  change: (some: Partial<Seen>) => void;
}

export function Counts({ counts, seen, change }: Props & { counts: { status: string; count: number }[] }) {
  const toggle = (status: string) => {
    const others = seen.status.filter((one) => one !== status);
    change({ status: others.length < seen.status.length ? others : [...others, status] });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a frame around what is one line of text
    <div role="group" aria-label="Only those in these states" className={classes.counts}>
      {counts.map(({ status, count }) => (
        <button
          key={status}
          type="button"
          className={classes.count}
          aria-pressed={seen.status.includes(status)}
          onClick={() => toggle(status)}
        >
          <b className="w-number">{count.toLocaleString("en")}</b> <Status state={status} />
        </button>
      ))}
    </div>
  );
}

export function FilterBox({ seen, change }: Props) {
  const box = useRef<HTMLInputElement>(null);
  useKeys("Fleet", [{ keys: "/", what: "Filter", act: () => box.current?.select() }]);
  return (
    <TextInput
      ref={box}
      className={classes.filter}
      aria-label="Filter"
      placeholder="Filter: a name, tag:demo, os:linux, state:down …"
      value={seen.find}
      onChange={(event) => change({ find: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
      rightSectionWidth={seen.find ? 60 : 32}
      rightSection={
        <>
          {seen.find && (
            <ActionIcon aria-label="Clear the filter" onClick={() => change({ find: "" })}>
              <IconX size={16} />
            </ActionIcon>
          )}
          <Words />
        </>
      }
    />
  );
}

const WORDS: [string, string][] = [
  ["demo", "“demo” is a part of the name"],
  ["pi-*", "the name begins with pi-"],
  ["pi-[01-12]", "pi-01 to pi-12"],
  ["tag:room=lab", "has this tag, with this value"],
  ["os:linux", "its system; also macos, windows"],
  ["state:down", "also up, late, off, pending"],
  ["tag:demo state:up", "both of them"],
  ["nas, tag:demo", "one or the other"],
  ["tag:demo !pi-03", "without pi-03"],
];

function Words() {
  return (
    <Popover position="bottom-end" withArrow>
      <Popover.Target>
        <ActionIcon aria-label="What can stand in the filter">
          <IconHelp size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className={classes.words}>
          {WORDS.map(([word, meaning]) => (
            <div key={word}>
              <dt>
                <code>{word}</code>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}

const VIEWS: { value: View; name: string; Icon: typeof IconTable }[] = [
  { value: "cards", name: "Cards", Icon: IconLayoutList },
  { value: "table", name: "Table", Icon: IconTable },
  { value: "seats", name: "Seats", Icon: IconLayoutGrid },
];

export function Views({ seen, change }: Props) {
  const [, prefer] = usePreferences();
  const choose = (view: View) => {
    change({ view });
    prefer({ fleetView: view });
  };
  return (
    <SegmentedControl
      aria-label="Show as"
      value={seen.view}
      onChange={(view) => choose(view as View)}
      data={VIEWS.map(({ value, name, Icon }) => ({
        value,
        label: (
          <span className={classes.viewName}>
            <Icon size={16} aria-hidden="true" />
            {name}
          </span>
        ),
      }))}
    />
  );
}
