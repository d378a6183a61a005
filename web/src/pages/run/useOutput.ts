// What one machine's program wrote: the last of it, and what it goes on writing while one looks.
import { useEffect, useState } from "react";
import { send } from "~/api/client";

const KEPT = 200_000; // characters of each stream
const AGAIN = 2_000; // ms until a broken stream is followed anew

interface Said {
  out: string;
  err: string;
  error: string;
}

interface Event {
  event: string;
  node?: string;
  stream?: "out" | "err";
  text?: string;
}

export function useOutput(job: number, node: string, goesOn: boolean): Said {
  const [said, setSaid] = useState<Said>({ out: "", err: "", error: "" });
  useEffect(() => {
    const gone = new AbortController();
    const read = goesOn ? followed : whole;
    read(job, node, gone.signal, setSaid).catch((error: unknown) => {
      if (!gone.signal.aborted) setSaid((before) => ({ ...before, error: (error as Error).message }));
    });
    return () => gone.abort();
  }, [job, node, goesOn]);
  return said;
}

type Tell = (said: Said) => void;

/** The end of what was written. */
async function whole(job: number, node: string, signal: AbortSignal, tell: Tell): Promise<void> {
  const said = { out: "", err: "", error: "" };
  for (const stream of ["out", "err"] as const) {
    const given = { path: { job, node }, query: { stream }, signal };
    const response = await send("GET /api/v1/jobs/{job}/output/{node}", given);
    for await (const text of texts(response)) said[stream] = (said[stream] + text).slice(-KEPT);
  }
  tell(said);
}

/** The events of the job from its beginning, of which those of this node are kept. */
async function followed(job: number, node: string, signal: AbortSignal, tell: Tell): Promise<void> {
  while (!signal.aborted) {
    const said = { out: "", err: "", error: "" };
    const response = await send("GET /api/v1/jobs/{job}/events", { path: { job }, signal });
    let rest = "";
    for await (const text of texts(response)) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const event of lines.filter(Boolean).map((line) => JSON.parse(line) as Event)) {
        if (event.event === "end") return tell({ ...said });
        if (event.event === "output" && event.node === node && event.stream) {
          said[event.stream] = (said[event.stream] + (event.text ?? "")).slice(-KEPT);
        }
      }
      tell({ ...said });
    }
    await new Promise((done) => setTimeout(done, AGAIN));
  }
}

async function* texts(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return;
    yield value ?? "";
  }
}
