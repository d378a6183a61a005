// What could not be understood: kept with its reason, so that whoever wrote the sketch can mend it.
import { Code, Table } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import { When } from "~/look/When";
import { Empty, Shown } from "~/parts/States";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

const LONGEST = 300;

function Rejects() {
  const rejects = useAnswer("GET /api/v1/rejects", { query: { limit: 100, since: "7d" } }, { refetchInterval: 10_000 });
  return (
    <Section title="Rejects" hint="Lines of the last seven days that no format understands. Nothing of them is lost.">
      <Shown of={rejects}>
        {({ logs }) =>
          logs.length ? (
            <List label="Rejects" heads={["When", "Node", "Reason", "What came"]} width={700}>
              {logs.map((line) => (
                <Table.Tr key={line.id}>
                  <Table.Td>
                    <When at={line.at} />
                  </Table.Td>
                  <Table.Td className="w-told">{line.node}</Table.Td>
                  <Table.Td className="w-told">{reason(line.attrs)}</Table.Td>
                  <Table.Td className={classes.details}>
                    <Code className="w-told">{line.body.slice(0, LONGEST)}</Code>
                  </Table.Td>
                </Table.Tr>
              ))}
            </List>
          ) : (
            <Empty title="Everything was understood" />
          )
        }
      </Shown>
    </Section>
  );
}

function reason(attrs: unknown): string {
  const said = attrs && typeof attrs === "object" ? (attrs as Record<string, unknown>).reason : undefined;
  return typeof said === "string" ? said : "";
}

export const part: SettingsPart = { slug: "rejects", title: "Rejects", order: 9, right: "read", body: Rejects };
