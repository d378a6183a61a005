// One job as GET /api/v1/jobs/{job} tells it, and what is said of it in words.
import { count } from "~/look/words";
import type { JobRow } from "~/parts/job/shape";
import { NOTHING, quoted, type Wish } from "./compose";

export interface NodePart {
  node: string;
  command: string;
  state: string;
  exit?: number | null;
  signal?: number | null;
  reason?: string;
  seconds?: number | null;
  peak?: number | null;
  started?: number | null;
  ended?: number | null;
  out?: number;
  err?: number;
  away?: boolean;
  files?: { name: string; size: number }[];
}

export interface Job extends JobRow {
  nodes: NodePart[];
  left_out: { node: string; why: string }[];
  args?: string[];
  program?: string;
  user?: string;
  cwd?: string;
  env?: Record<string, string>;
  timeout?: number;
  expires?: number;
  bring?: string[];
  files?: { name: string; size: number }[];
  repeats?: number;
  schedule?: number;
}

const ENDED = ["succeeded", "failed", "timed_out", "cancelled", "lost_reboot", "expired", "rejected"];

/** Whether nothing more comes of it. */
export function isOver(part: Pick<NodePart, "state">): boolean {
  return ENDED.includes(part.state);
}

/** How a part ended, in words: `exit 3`, `signal 9`, or its reason. */
export function outcome({ exit, signal, reason }: Pick<NodePart, "exit" | "signal" | "reason">): string {
  const code = signal ? `signal ${signal}` : exit ? `exit ${exit}` : "";
  return [code, reason].filter(Boolean).join(": ");
}

/** `37 of 40 ended`, or how all ended. */
export function progress(job: Job): string {
  const over = job.nodes.filter(isOver).length;
  return over < job.nodes.length ? `${over} of ${job.nodes.length} ended` : count(job.nodes.length, "machine");
}

/** What failed, so that it can be done again there only. */
export function anyFailed(job: Job): boolean {
  return job.nodes.some((part) => isOver(part) && part.state !== "succeeded");
}

/** To write it anew. A program's text is not told with the job, so a program begins empty. */
export function wishAgain(job: Job): Partial<Wish> {
  const common = { ...NOTHING, target: job.target, user: job.user ?? "", cwd: job.cwd ?? "" };
  if (job.kind === "python") return { ...common, kind: "python", args: (job.args ?? []).map(quoted).join(" ") };
  const [first, second, third, ...rest] = job.argv ?? [];
  if (first === "sh" && second === "-c" && third !== undefined && !rest.length) return { ...common, command: third };
  return { ...common, command: (job.argv ?? []).map(quoted).join(" ") };
}
