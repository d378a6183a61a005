// Which machines: their names in the target language, with who is meant and why others are not.
import { Autocomplete, Button, Collapse, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import type { Preview } from "~/api/types";
import { useFleet } from "~/live/fleet";
import { Status } from "~/look/Status";
import { sentence } from "~/look/tell";
import { count } from "~/look/words";
import { tagText } from "~/parts/target/match";
import classes from "./run.module.css";
import { usePreview } from "./usePreview";

interface Props {
  target: string;
  user: string;
  onChange: (target: string) => void;
}

export function Target({ target, user, onChange }: Props) {
  const { rows } = useFleet();
  const machines = [...rows.values()].filter((row) => row.allows);
  const tags = new Set(machines.flatMap((row) => Object.entries(row.tags).map((tag) => `tag:${tagText(tag)}`)));
  const data = [
    { group: "Tags", items: [...tags].sort() },
    { group: "Machines", items: machines.map((row) => row.name).sort() },
  ].filter((group) => group.items.length);
  return (
    <div>
      <Autocomplete
        label="Machines"
        description="A name, pi-[01-30], tag:demo, os:linux, state:up or *; commas join, & narrows, ! takes out."
        placeholder="tag:demo"
        classNames={{ input: "w-mono" }}
        limit={40}
        spellCheck={false}
        data={data}
        value={target}
        onChange={onChange}
      />
      <Meant target={target} user={user} />
    </div>
  );
}

function Meant({ target, user }: { target: string; user: string }) {
  const [asked] = useDebouncedValue(target.trim(), 250);
  const preview = usePreview(asked, user);
  if (!asked) return null;
  if (preview.error) {
    return (
      <Text size="sm" c="red" mt={4} role="alert">
        {sentence(preview.error.message)}
      </Text>
    );
  }
  return preview.data ? <Told preview={preview.data} /> : null;
}

function Told({ preview }: { preview: Preview }) {
  const [opened, { toggle }] = useDisclosure(false);
  const away = preview.nodes.filter((one) => one.state !== "up").length;
  return (
    <div className={classes.meant} aria-live="polite">
      <Text size="sm" span fw={600}>
        {count(preview.count, "machine")}
      </Text>
      {away > 0 && <Text size="sm" span>{`, ${away} of them not there now`}</Text>}
      {preview.left_out_count > 0 && <Text size="sm" span>{`; ${preview.left_out_count} left out`}</Text>}{" "}
      {(preview.count > 0 || preview.left_out_count > 0) && (
        <Button size="compact-xs" variant="subtle" aria-expanded={opened} onClick={toggle}>
          Which?
        </Button>
      )}
      <Collapse expanded={opened}>
        <ul className={classes.reasons}>
          {preview.reasons.map((reason) => (
            <li key={reason.why}>
              <b className="w-number">{reason.count}</b> {reason.why}: <span className="w-told">{reason.nodes}</span>
            </li>
          ))}
        </ul>
        <div className={classes.names}>
          {preview.nodes.slice(0, 200).map((one) => (
            <span key={one.node} className={classes.name}>
              <Status state={one.state} bare /> <span className="w-told">{one.node}</span>
            </span>
          ))}
        </div>
      </Collapse>
    </div>
  );
}
