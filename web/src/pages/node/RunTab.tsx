// One line to run on this machine, and what was run on it. Longer things are written on the Run page.
import { Alert, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import { JobRows } from "~/parts/job/JobRows";
import type { JobRow } from "~/parts/job/shape";
import { runPlace } from "~/parts/node/places";
import { Shown } from "~/parts/States";
import { Allowances } from "./Allowances";
import type { TabProps } from "./Node";
import classes from "./node.module.css";

export default function RunTab({ node }: TabProps) {
  const jobs = useAnswer("GET /api/v1/jobs", { query: { node: node.name, limit: 30 } });
  const operates = useMay("operate");
  const why = whyNot(node, operates);
  return (
    <div className={classes.stack}>
      {why ? (
        <Alert color="gray" title="Nothing can be run here">
          {why}
        </Alert>
      ) : (
        <Line name={node.name} />
      )}
      <section className="w-card">
        <Title order={2} mb="xs">
          What was run on it
        </Title>
        <Shown of={jobs}>
          {(found) =>
            found.jobs.length ? (
              <JobRows jobs={found.jobs as unknown as JobRow[]} />
            ) : (
              <Text size="sm">Nothing yet.</Text>
            )
          }
        </Shown>
      </section>
      {node.allows && <Allowances allows={node.allows} />}
    </div>
  );
}

function whyNot(node: TabProps["node"], operates: boolean): string {
  if (!node.allows) return "It has no agent, so nothing can be run on it.";
  if (!operates) return "You may look, but not run anything. An admin can make you an operator.";
  if (node.state !== "adopted") return "It is not let in.";
  return node.allows.run ? "" : "Its owner does not allow it. On the machine: wacket-agent allow run";
}

function Line({ name }: { name: string }) {
  const [, go] = useLocation();
  const [text, setText] = useState("");
  const run = useAct("POST /api/v1/jobs", { done: (job) => go(`/run/${job.id}`) });
  const send = (event: FormEvent) => {
    event.preventDefault();
    run.mutate({ body: { target: name, kind: "exec", argv: ["sh", "-c", text] } });
  };
  return (
    <form onSubmit={send} className="w-card">
      <Group align="flex-end" gap="sm">
        <TextInput
          label={`A command for ${name}`}
          description="As in its shell. It runs once; the answer opens."
          className={classes.line}
          classNames={{ input: "w-mono" }}
          spellCheck={false}
          autoCapitalize="off"
          required
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" loading={run.isPending}>
          Run
        </Button>
        <Button variant="subtle" component={Link} href={runPlace(name)}>
          More …
        </Button>
      </Group>
    </form>
  );
}
