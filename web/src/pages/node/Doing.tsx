// What a node is doing for us now, and what it warned of last.
import { Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAnswer } from "~/api/ask";
import type { NodeInfo } from "~/api/types";
import { visible } from "~/look/raw";
import { When } from "~/look/When";
import { JobRows } from "~/parts/job/JobRows";
import type { JobRow } from "~/parts/job/shape";
import { nodePlace } from "~/parts/node/places";
import classes from "./node.module.css";

const EACH = 10_000;

export function Doing({ node }: { node: NodeInfo }) {
  return (
    <>
      {node.machine && <Jobs name={node.name} />}
      <Warnings name={node.name} />
    </>
  );
}

function Jobs({ name }: { name: string }) {
  const jobs = useAnswer("GET /api/v1/jobs", { query: { node: name, limit: 3 } });
  const found = (jobs.data?.jobs ?? []) as unknown as JobRow[];
  return (
    <section className="w-card">
      <Title order={2} mb="xs">
        {found.some((job) => job.open) ? "Doing now" : "Did last"}
      </Title>
      {found.length ? <JobRows jobs={found} /> : <Text size="sm">Nothing was run on it yet.</Text>}
    </section>
  );
}

function Warnings({ name }: { name: string }) {
  const asked = { query: { node: [name], severity: "warn", since: "24h", limit: 5 } };
  const logs = useAnswer("GET /api/v1/logs", asked, { refetchInterval: EACH });
  const found = logs.data?.logs ?? [];
  return (
    <section className="w-card">
      <Title order={2} mb="xs">
        Warnings of the last day
      </Title>
      {found.length ? (
        <ul className={classes.lines}>
          {found.map((line) => (
            <li key={line.id}>
              <When at={line.at} />{" "}
              <Link href={`/logs/${line.id}`} className={`w-told ${classes.said}`}>
                {visible(line.body.slice(0, 200))}
              </Link>
            </li>
          ))}
        </ul>
      ) : (
        <Text size="sm">None.</Text>
      )}
      <Link href={`${nodePlace(name, "logs")}?severity=warn`} className={classes.more}>
        All of them
      </Link>
    </section>
  );
}
