// A job in a list, as GET /api/v1/jobs tells it; src/wacket/api/job_shapes.py has the example.
import { visible } from "~/look/raw";

export interface JobRow {
  id: number;
  at: string;
  actor: string;
  target: string;
  kind: string;
  argv: string[];
  digest: string;
  counts: Record<string, number>;
  open: boolean;
}

/** PURE: what was asked, in one line. */
export function askedFor(job: JobRow): string {
  if (job.argv?.length) return visible(job.argv.join(" "));
  return job.kind === "python" ? `a Python program (${job.digest.slice(0, 8)})` : job.kind;
}

/** PURE: the state that speaks for the whole job: what is worst of what has ended, or running. */
export function stateOf(job: JobRow): string {
  if (job.open) return "running";
  const worst = ["failed", "lost_reboot", "rejected", "timed_out", "expired", "cancelled"].find(
    (state) => job.counts[state],
  );
  return worst ?? "succeeded";
}
