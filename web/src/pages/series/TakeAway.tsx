// The same numbers elsewhere: as a file, in the terminal, in a notebook.
import { Button, Group, Tabs, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { hubNow } from "~/live/clock";
import { CopyLine } from "~/parts/Copy";
import type { Told } from "~/parts/chart/answer";
import { usePreferences } from "~/shell/preferences";
import { type Choices, literal } from "./choices";
import { commandOf, exportOf, type Format, notebookOf } from "./takeaway";

const FILES: { format: Format; label: string }[] = [
  { format: "csv", label: "CSV" },
  { format: "parquet", label: "Parquet" },
  { format: "ndjson", label: "JSON lines" },
];

export function TakeAway({ choices, told }: { choices: Choices; told: Told[] }) {
  const [{ utc }] = usePreferences();
  const now = hubNow();
  const named = told.filter((one) => choices.ids.includes(one.id)).map((one) => literal(`${one.node}/${one.name}`));
  const globs = [...new Set([...choices.match, ...named])];
  return (
    <section className="w-card">
      <Title order={2} mb={8}>
        Take it along
      </Title>
      <Tabs defaultValue="file" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="file">File</Tabs.Tab>
          <Tabs.Tab value="terminal">Terminal</Tabs.Tab>
          <Tabs.Tab value="notebook">Notebook</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="file">
          <Files title="What is seen" choices={choices} now={now} utc={utc} />
          {choices.step !== "raw" && <Files title="Every reading" choices={choices} now={now} utc={utc} raw />}
        </Tabs.Panel>
        <Tabs.Panel value="terminal">
          <p className="w-dim">The same, on any machine that has the command:</p>
          <CopyLine text={commandOf(choices, globs, now, utc)} />
        </Tabs.Panel>
        <Tabs.Panel value="notebook">
          <p className="w-dim">
            Python with pandas and pyarrow. Make a token that may read (Settings, Tokens) and put it into the
            environment as WACKET_TOKEN.
          </p>
          <CopyLine text={notebookOf(choices, location.origin, now, utc)} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

interface FilesProps {
  title: string;
  choices: Choices;
  now: number;
  utc: boolean;
  raw?: boolean;
}

function Files({ title, choices, now, utc, raw = false }: FilesProps) {
  return (
    <Group gap="xs" mb="sm" wrap="wrap" role="group" aria-label={title}>
      <span>{title}</span>
      {FILES.map(({ format, label }) => (
        <Button
          key={format}
          component="a"
          href={exportOf(choices, format, now, utc, raw)}
          download
          variant="default"
          size="compact-md"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
