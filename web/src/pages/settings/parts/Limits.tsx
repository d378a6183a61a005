// Every setting in force, what it means and who said it. To look at: the file and the command line say them.
import { Badge, Checkbox, Code, Table, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "~/api/ask";
import type { SettingInfo } from "~/api/types";
import { CopyButton } from "~/parts/Copy";
import { Shown } from "~/parts/States";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";
import classes from "../settings.module.css";

function Limits() {
  const settings = useAnswer("GET /api/v1/settings");
  const [find, setFind] = useState("");
  const [own, setOwn] = useState(false);
  const hint = (
    <>
      They are said in <Code>wacket.toml</Code> in the data folder, in the environment or on the command line, and read
      when the hub starts.
    </>
  );
  return (
    <Section title="Settings in force" hint={hint}>
      <div className={classes.row}>
        <TextInput label="Find" value={find} onChange={(event) => setFind(event.currentTarget.value)} />
        <Checkbox label="Only changed ones" checked={own} onChange={(event) => setOwn(event.currentTarget.checked)} />
      </div>
      <Shown of={settings}>
        {(found) => {
          const fitting = found.settings.filter((one) => fits(one, find) && (!own || one.source !== "default"));
          const sections = [...new Set(fitting.map((one) => one.section))];
          return sections.map((section) => (
            <div key={section}>
              <Title order={3} mt="lg" mb={4}>
                [{section}]
              </Title>
              <List label={`Settings of ${section}`} heads={["Setting", "In force", "Meaning", ""]} width={640}>
                {fitting
                  .filter((one) => one.section === section)
                  .map((one) => (
                    <Setting key={one.name} one={one} />
                  ))}
              </List>
            </div>
          ));
        }}
      </Shown>
    </Section>
  );
}

function fits(one: SettingInfo, find: string): boolean {
  return `${one.section}.${one.name} ${one.meaning}`.toLowerCase().includes(find.toLowerCase());
}

function Setting({ one }: { one: SettingInfo }) {
  const line = `[${one.section}]\n${one.name} = ${JSON.stringify(one.value)}`;
  return (
    <Table.Tr>
      <Table.Td className="w-mono">{one.name}</Table.Td>
      <Table.Td>
        <span className="w-mono">{String(one.value) || "“”"}</span>{" "}
        {one.source !== "default" && <Badge color="blue">{one.source}</Badge>}
        {one.value !== one.default && <div className="w-dim">else {String(one.default) || "“”"}</div>}
      </Table.Td>
      <Table.Td className="w-dim">{one.meaning}</Table.Td>
      <Table.Td>
        <CopyButton text={line} label={`Copy ${one.name} as a line of wacket.toml`} />
      </Table.Td>
    </Table.Tr>
  );
}

export const part: SettingsPart = { slug: "limits", title: "Limits", order: 6, right: "admin", body: Limits };
