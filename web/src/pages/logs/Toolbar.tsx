// What is wanted: from whom, how bad, which words, when. All of it is in the address.
import { ActionIcon, Autocomplete, Button, Pill, Select, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconLetterCase, IconRegex, IconSearch } from "@tabler/icons-react";
import { memo, useEffect, useRef, useState } from "react";
import { useAnswer } from "~/api/ask";
import { tagText } from "~/parts/target/match";
import { useKeys } from "~/shell/keys";
import { DEFAULT_SINCE, type Filter, finder } from "./filter";
import classes from "./logs.module.css";
import { SpanPicker } from "./SpanPicker";

const LEVELS = [
  { value: "", label: "All levels" },
  { value: "debug", label: "Debug and worse" },
  { value: "info", label: "Info and worse" },
  { value: "warn", label: "Warnings and worse" },
  { value: "error", label: "Errors and worse" },
  { value: "fatal", label: "Fatal" },
];
const RANGES = [
  { value: "15m", label: "Last 15 minutes" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: "all", label: "Everything" },
];
const QUIET = 250; // ms without typing

interface Props {
  filter: Filter;
  /** The nodes are chosen already. */
  fixed: boolean;
  utc: boolean;
  change: (some: Partial<Filter>) => void;
  /** Everything, or only the search. */
  all: boolean;
  toggle?: () => void;
}

export const Toolbar = memo(function Toolbar({ filter, fixed, utc, change, all, toggle }: Props) {
  const custom = Boolean(filter.until) || !RANGES.some((one) => one.value === (filter.since || DEFAULT_SINCE));
  return (
    <search className={classes.toolbar} aria-label="Which lines">
      <Find filter={filter} change={change} />
      {toggle && (
        <ActionIcon size="lg" variant="default" onClick={toggle} aria-expanded={all} aria-label="More filters">
          <IconAdjustmentsHorizontal size={18} />
        </ActionIcon>
      )}
      {all && (
        <>
          {!fixed && <From filter={filter} change={change} />}
          <Select
            aria-label="Level"
            data={LEVELS}
            value={filter.level}
            onChange={(level) => change({ level: level ?? "" })}
            allowDeselect={false}
            className={classes.choice}
          />
          <Select
            aria-label="Time"
            data={custom ? [{ value: "custom", label: "A range" }, ...RANGES] : RANGES}
            value={custom ? "custom" : filter.since || DEFAULT_SINCE}
            onChange={(since) =>
              since !== "custom" && change({ since: since === DEFAULT_SINCE ? "" : (since ?? ""), until: "" })
            }
            allowDeselect={false}
            className={classes.choice}
          />
          <SpanPicker filter={filter} utc={utc} change={change} />
        </>
      )}
      <Chips filter={filter} change={change} />
    </search>
  );
});

function Find({ filter, change }: Pick<Props, "filter" | "change">) {
  const [text, setText] = useState(filter.find);
  const field = useRef<HTMLInputElement>(null);
  const told = useDebouncedCallback((find: string) => change({ find }), QUIET);
  useEffect(() => {
    if (field.current !== document.activeElement) setText(filter.find);
  }, [filter.find]);
  useKeys("Logs", [{ keys: "/", what: "Find in the logs", act: () => field.current?.focus() }]);
  const broken = filter.how === "regex" && filter.find !== "" && !finder(filter);
  const how = (one: Filter["how"]) => change({ how: filter.how === one ? "" : one, find: text });
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label="Find"
      placeholder="Find  ( / )"
      className={classes.find}
      leftSection={<IconSearch size={16} />}
      value={text}
      error={broken && "Not a pattern that can be followed live"}
      maxLength={1000}
      onChange={(event) => {
        setText(event.currentTarget.value);
        told(event.currentTarget.value);
      }}
      onKeyDown={(event) => event.key === "Enter" && change({ find: text })}
      rightSectionWidth={64}
      rightSection={
        <>
          <Tooltip label="Regular expression (RE2)">
            <ActionIcon
              aria-label="Regular expression"
              aria-pressed={filter.how === "regex"}
              variant={filter.how === "regex" ? "light" : "subtle"}
              color={filter.how === "regex" ? "blue" : "gray"}
              onClick={() => how("regex")}
            >
              <IconRegex size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Capital and small letters differ">
            <ActionIcon
              aria-label="Exact letters"
              aria-pressed={filter.how === "exact"}
              variant={filter.how === "exact" ? "light" : "subtle"}
              color={filter.how === "exact" ? "blue" : "gray"}
              onClick={() => how("exact")}
            >
              <IconLetterCase size={16} />
            </ActionIcon>
          </Tooltip>
        </>
      }
    />
  );
}

function From({ filter, change }: Pick<Props, "filter" | "change">) {
  const [text, setText] = useState(filter.on);
  const [wanted, setWanted] = useState(false);
  const nodes = useAnswer("GET /api/v1/nodes", {}, { enabled: wanted });
  useEffect(() => setText(filter.on), [filter.on]);
  const rows = nodes.data?.nodes ?? [];
  const tags = new Set(rows.flatMap((row) => Object.entries(row.tags ?? {}).map(tagged)));
  return (
    <Autocomplete
      aria-label="From which nodes"
      placeholder="From all nodes"
      className={classes.from}
      data={[...tags, ...rows.map((row) => row.name)]}
      limit={40}
      maxDropdownHeight={280}
      value={text}
      onFocus={() => setWanted(true)}
      onChange={setText}
      onOptionSubmit={(on) => change({ on })}
      onBlur={() => text !== filter.on && change({ on: text.trim() })}
      onKeyDown={(event) => event.key === "Enter" && change({ on: text.trim() })}
    />
  );
}

function tagged(tag: [string, string]): string {
  return `tag:${tagText(tag)}`;
}

function Chips({ filter, change }: Pick<Props, "filter" | "change">) {
  if (!filter.source && !filter.hide.length) return null;
  return (
    <div className={classes.chips}>
      {filter.source && (
        <Chip text={`source ${filter.source}`} label="Any source" onRemove={() => change({ source: "" })} />
      )}
      {filter.hide.map((one) => (
        <Chip
          key={one}
          text={`without ${one}`}
          label={`Show ${one} again`}
          onRemove={() => change({ hide: filter.hide.filter((other) => other !== one) })}
        />
      ))}
      {filter.hide.length > 1 && (
        <Button size="compact-xs" variant="subtle" onClick={() => change({ hide: [] })}>
          Hide nothing
        </Button>
      )}
    </div>
  );
}

function Chip({ text, label, onRemove }: { text: string; label: string; onRemove: () => void }) {
  return (
    <Pill
      withRemoveButton
      size="md"
      className="w-told"
      onRemove={onRemove}
      removeButtonProps={{ "aria-label": label, tabIndex: 0, "aria-hidden": false }}
    >
      {text.slice(0, 60)}
    </Pill>
  );
}
