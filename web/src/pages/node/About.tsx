// What a node is: identity, machine, what it allows, and whether anything that it had to tell is missing.
import { ScrollArea, Table, Text, Title } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import type { GapInfo, NodeInfo } from "~/api/types";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { count, microseconds, span } from "~/look/words";
import { Shown } from "~/parts/States";
import { Allowances } from "./Allowances";
import type { TabProps } from "./Node";
import classes from "./node.module.css";

export default function About({ node }: TabProps) {
  return (
    <div className={classes.stack}>
      <section className="w-card">
        <Title order={2} mb="sm">
          What it is
        </Title>
        <Facts node={node} />
      </section>
      <Complete node={node} />
      {node.allows && <Allowances allows={node.allows} />}
    </div>
  );
}

function Facts({ node }: { node: NodeInfo }) {
  const machine = node.machine;
  const facts: [string, React.ReactNode][] = [
    ["Kind", node.kind],
    ["Known since", <When key="first" at={node.first_seen} />],
    ["Last heard", <When key="last" at={node.last_seen} />],
    ["Last address", node.last_peer || "–"],
  ];
  if (machine) {
    facts.push(
      ["Calls itself", machine.host],
      ["System", [machine.system, machine.arch].filter(Boolean).join(" · ")],
      ["Agent", `${node.agent} on Python ${machine.python}`],
      ["Joined", <When key="joined" at={machine.joined} />],
      ["Runs at once", String(machine.slots)],
      ["Accounts", machine.accounts.join(", ") || "only its own"],
    );
  }
  return (
    <dl className={classes.dl}>
      {facts.map(([name, fact]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="w-told">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

const KINDS: Record<string, string> = {
  away: "was away",
  thinned: "had no room and thinned",
  lost: "lost",
};

function Complete({ node }: { node: NodeInfo }) {
  const report = useAnswer("GET /api/v1/nodes/{name}/completeness", { path: { name: node.name } });
  return (
    <section className="w-card">
      <Title order={2} mb="xs">
        Is anything missing?
      </Title>
      <Shown of={report}>
        {(found) => (
          <>
            <Status
              state={found.complete ? "up" : "warn"}
              word={found.complete ? "everything that it had to tell is here" : "some of it is still to come, or lost"}
            />
            {found.gaps.length > 0 && <Gaps gaps={found.gaps} />}
          </>
        )}
      </Shown>
    </section>
  );
}

function Gaps({ gaps }: { gaps: GapInfo[] }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Gaps" }}>
      <Table miw={520} mt="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>How long</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Came later</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...gaps].reverse().map((gap) => (
            <Table.Tr key={`${gap.stream} ${gap.kind} ${gap.since}`}>
              <Table.Td>
                <When at={gap.since} />
              </Table.Td>
              <Table.Td className="w-number">
                {gap.until ? span(microseconds(gap.until) - microseconds(gap.since)) : "still so"}
              </Table.Td>
              <Table.Td>
                {KINDS[gap.kind] ?? gap.kind}
                {gap.stream && `: ${gap.stream}`}
                {gap.lines > 0 && `, ${count(gap.lines, "line")}`}
              </Table.Td>
              <Table.Td>{gap.came ? <When at={gap.came} /> : <Text span>{gap.lines ? "not yet" : "–"}</Text>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
