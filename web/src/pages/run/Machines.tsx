// Each machine of a job, as many as there are; one opened tells all that its program wrote, as it writes it.
import { Anchor, Group, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Link, useSearchParams } from "wouter";
import { address } from "~/api/client";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { bytes, digits } from "~/look/words";
import { nodePlace } from "~/parts/node/places";
import { Said } from "./Answers";
import { isOver, type Job, type NodePart, outcome } from "./job";
import classes from "./run.module.css";
import { useOutput } from "./useOutput";

const ROW = 37;

export function Machines({ job }: { job: Job }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useSearchParams();
  const opened = search.get("node");
  const rows = useVirtualizer({
    count: job.nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const chosen = job.nodes.find((part) => part.node === opened);
  const open = (node: string) =>
    setSearch({ tab: "machines", ...(node === opened ? {} : { node }) }, { replace: true });
  return (
    <section className="w-card">
      <div ref={scroller} className={classes.nodes}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map((item) => {
            const part = job.nodes[item.index] as NodePart;
            return (
              <button
                key={part.node}
                type="button"
                className={classes.node}
                style={{ position: "absolute", top: item.start, height: ROW }}
                aria-expanded={part.node === opened}
                onClick={() => open(part.node)}
              >
                <Cells part={part} />
              </button>
            );
          })}
        </div>
      </div>
      {chosen && <Output key={chosen.command} job={job} part={chosen} />}
    </section>
  );
}

function Cells({ part }: { part: NodePart }) {
  return (
    <>
      <span className="w-line">{part.node}</span>
      <Status state={part.away ? "unknown" : part.state} word={part.away ? "not there" : undefined} />
      <span className="w-number">{part.exit ?? ""}</span>
      <span className={`w-number ${classes.right}`}>{part.seconds == null ? "" : `${digits(part.seconds)} s`}</span>
      <span className={`w-number ${classes.right}`}>{part.peak ? bytes(part.peak) : ""}</span>
      <span className="w-line w-dim">{part.reason}</span>
    </>
  );
}

function Output({ job, part }: { job: Job; part: NodePart }) {
  const said = useOutput(job.id, part.node, !isOver(part));
  const path = { job: job.id, node: part.node };
  return (
    <div>
      <Group mt="md" gap="md">
        <Link href={nodePlace(part.node)} className="w-told">
          {part.node}
        </Link>
        <span>{outcome(part)}</span>
        {part.started && (
          <span className="w-dim">
            begun <When at={part.started} />
          </span>
        )}
        {(["out", "err"] as const).map((stream) => (
          <Anchor
            key={stream}
            size="sm"
            download={`job-${job.id}-${part.node}-${stream}.txt`}
            href={address("GET /api/v1/jobs/{job}/output/{node}", { path, query: { stream } })}
          >
            {stream === "out" ? "all its output" : "all its errors"} ({bytes(part[stream] ?? 0)})
          </Anchor>
        ))}
        {(part.files ?? []).map((file) => (
          <Anchor
            key={file.name}
            size="sm"
            download
            className="w-told"
            href={address("GET /api/v1/jobs/{job}/files/{node}/{name}", { path: { ...path, name: file.name } })}
          >
            {file.name} ({bytes(file.size)})
          </Anchor>
        ))}
      </Group>
      {said.error && <Text c="red">{said.error}</Text>}
      {!said.out && !said.err && <Text className="w-dim">It wrote nothing{isOver(part) ? "." : " yet."}</Text>}
      <Said kind="out" text={said.out} />
      <Said kind="err" text={said.err} />
    </div>
  );
}
