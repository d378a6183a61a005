// What the machines allow, as their owners set it there. Nothing here can change it: that is the point.
import { Checkbox, Code, Table, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useFleet } from "~/live/fleet";
import type { FleetRow } from "~/live/wire";
import { Status } from "~/look/Status";
import { Empty } from "~/parts/States";
import type { SettingsPart } from "../part";
import { List, Section } from "../Section";

const NAMES = ["metrics", "logs", "run", "root", "shell", "files"];

function Allowances() {
  const { rows } = useFleet();
  const [open, setOpen] = useState(false);
  const machines = [...rows.values()].filter((row) => row.allows).sort((a, b) => a.name.localeCompare(b.name));
  const shown = open ? machines.filter((row) => row.allows?.run || row.allows?.shell || row.allows?.root) : machines;
  const hint = (
    <>
      Set by each machine’s owner, on the machine: <Code>wacket-agent allow run</Code>, or{" "}
      <Code>wacket-agent deny run</Code>. The hub asks, the machine decides.
    </>
  );
  return (
    <Section title="Allowances seen" hint={hint}>
      {machines.length ? (
        <>
          <Checkbox
            label="Only machines that let somebody run something"
            mb="sm"
            checked={open}
            onChange={(event) => setOpen(event.currentTarget.checked)}
          />
          <List label="Allowances" heads={["Machine", ...NAMES]}>
            {shown.map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </List>
        </>
      ) : (
        <Empty title="No machine has an agent yet">
          <Link href="/?add=machine">Add a machine</Link>
        </Empty>
      )}
    </Section>
  );
}

function Row({ row }: { row: FleetRow }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Link href={`/nodes/${encodeURIComponent(row.name)}`} className="w-told">
          {row.name}
        </Link>{" "}
        <Status state={row.status} bare />
      </Table.Td>
      {NAMES.map((name) => (
        <Table.Td key={name}>
          <Text span size="sm" fw={row.allows?.[name] ? 600 : 400} className={row.allows?.[name] ? "" : "w-dim"}>
            {row.allows?.[name] ? "yes" : "no"}
          </Text>
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

export const part: SettingsPart = {
  slug: "allowances",
  title: "Allowances",
  order: 4,
  right: "read",
  body: Allowances,
};
