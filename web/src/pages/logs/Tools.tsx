// What is done with the lines as a whole: how they look, where else they can go.
import { ActionIcon, Menu, Popover, Stack, Switch, Text, Tooltip } from "@mantine/core";
import { IconDownload, IconSettings, IconTerminal2, IconTextWrap } from "@tabler/icons-react";
import { address } from "~/api/client";
import { CopyLine } from "~/parts/Copy";
import { usePreferences } from "~/shell/preferences";
import { type Filter, isLive, query } from "./filter";
import { inTerminal, search } from "./terminal";

interface Props {
  filter: Filter;
  nodes: string[];
}

export function Tools({ filter, nodes }: Props) {
  const [preferences, change] = usePreferences();
  return (
    <>
      <Tooltip label="Break long lines">
        <ActionIcon
          size="lg"
          variant={preferences.wrap ? "light" : "default"}
          color={preferences.wrap ? "blue" : "gray"}
          aria-label="Break long lines"
          aria-pressed={preferences.wrap}
          onClick={() => change({ wrap: !preferences.wrap })}
        >
          <IconTextWrap size={18} />
        </ActionIcon>
      </Tooltip>
      <Columns />
      <Download filter={filter} nodes={nodes} />
      <Terminal filter={filter} nodes={nodes} />
    </>
  );
}

const SHOWN = [
  ["node", "Node"],
  ["source", "Source"],
  ["dates", "Dates"],
  ["bars", "Lines over time"],
] as const;

function Columns() {
  const [{ logs, utc }, change] = usePreferences();
  const toggle = (one: string) =>
    change({ logs: logs.includes(one) ? logs.filter((other) => other !== one) : [...logs, one] });
  return (
    <Popover position="bottom-end" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label="What is shown">
          <ActionIcon size="lg" variant="default" aria-label="What is shown">
            <IconSettings size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          {SHOWN.map(([name, label]) => (
            <Switch key={name} label={label} checked={logs.includes(name)} onChange={() => toggle(name)} />
          ))}
          <Switch label="Times in UTC" checked={utc} onChange={() => change({ utc: !utc })} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Download({ filter, nodes }: Props) {
  const link = (format: "ndjson" | "csv" | "parquet") =>
    address("GET /api/v1/export/logs", { query: { ...query(filter, nodes), format } });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label="Download">
          <ActionIcon size="lg" variant="default" aria-label="Download">
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All lines of this range and these filters</Menu.Label>
        <Menu.Item component="a" href={link("ndjson")} download>
          JSON, one object a line
        </Menu.Item>
        <Menu.Item component="a" href={link("csv")} download>
          CSV
        </Menu.Item>
        <Menu.Item component="a" href={link("parquet")} download>
          Parquet
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Terminal({ filter, nodes }: Props) {
  const same = inTerminal(filter, nodes);
  const back = search(filter, nodes);
  return (
    <Popover position="bottom-end" withArrow shadow="md" trapFocus width={420}>
      <Popover.Target>
        <Tooltip label="The same in a terminal">
          <ActionIcon size="lg" variant="default" aria-label="The same in a terminal">
            <IconTerminal2 size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 24px)">
        <Stack gap="xs">
          <Text fw={600} size="sm">
            The same in a terminal
          </Text>
          <CopyLine text={same.line} label="Copy the command" />
          {same.but && <Text size="sm">{same.but}</Text>}
          {isLive(filter) && (
            <>
              <Text size="sm" className="w-dim">
                To look back instead:
              </Text>
              <CopyLine text={back.line} label="Copy the command that looks back" />
              {back.but && <Text size="sm">{back.but}</Text>}
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
