// Why a node is not there: the checks in order, each with its reason, and the next step.
import { Button, Collapse, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { CheckInfo, NodeInfo } from "~/api/types";
import { visible } from "~/look/raw";
import { Status } from "~/look/Status";
import { sentence } from "~/look/tell";
import { When } from "~/look/When";
import { Shown } from "~/parts/States";
import classes from "./node.module.css";

export function Why({ node }: { node: NodeInfo }) {
  const operates = useMay("operate");
  if (!operates) return null;
  return <Checked node={node} />;
}

function Checked({ node }: { node: NodeInfo }) {
  const [lines, { toggle }] = useDisclosure(false);
  const why = useAnswer("GET /api/v1/nodes/{name}/why", { path: { name: node.name } }, { staleTime: 15_000 });
  return (
    <section className={`w-card ${classes.why}`} aria-label="Why it is not there">
      <Title order={2}>Why is it {node.presence === "late" ? "late" : "not there"}?</Title>
      <Shown of={why}>
        {(found) => (
          <>
            <Text fw={600} my="xs" className="w-told">
              {sentence(found.verdict)}
            </Text>
            <ol className={classes.checks}>
              {found.checks.map((check) => (
                <Check key={check.name} check={check} />
              ))}
            </ol>
            <Button size="xs" variant="default" mr="xs" loading={why.isFetching} onClick={() => void why.refetch()}>
              Check again
            </Button>
            {found.last_logs.length > 0 && (
              <Button
                size="xs"
                variant="subtle"
                aria-expanded={lines}
                rightSection={<IconChevronDown size={14} />}
                onClick={toggle}
              >
                Its last {found.last_logs.length} lines
              </Button>
            )}
            <Collapse expanded={lines}>
              <ul className={classes.lines}>
                {found.last_logs.map((line) => (
                  <li key={line.id}>
                    <When at={line.at} /> <span className="w-mono w-told">{visible(line.body.slice(0, 300))}</span>
                  </li>
                ))}
              </ul>
            </Collapse>
          </>
        )}
      </Shown>
    </section>
  );
}

function Check({ check }: { check: CheckInfo }) {
  const state = check.ok === null ? "unknown" : check.ok ? "up" : "down";
  return (
    <li className={classes.check}>
      <Status state={state} word={check.ok === null ? "not known" : check.ok ? "yes" : "no"} />
      <span className={classes.checkName}>{check.name}</span>
      <span className="w-told">{check.text}</span>
    </li>
  );
}
