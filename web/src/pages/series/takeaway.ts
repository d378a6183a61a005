// PURE: the same question for other programs: in the terminal, in a notebook.
import { address } from "~/api/client";
import { bounds, isLive } from "~/parts/chart/range";
import type { Choices } from "./choices";

/** How the range stands in a command: a time ago where it is one, else two moments. */
export function times(range: string, now: number, utc: boolean): { since: string; until: string } {
  if (isLive(range) && /^\d/.test(range)) return { since: range, until: "now" };
  const [since, until] = bounds(range, now, utc).map((at) => new Date(at / 1000).toISOString().replace(".000Z", "Z"));
  return { since: since as string, until: until as string };
}

/** Quoted for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `wacket series get …` with the same choices. Series that were chosen by number are meant by their names. */
export function commandOf(choices: Choices, globs: string[], now: number, utc: boolean): string {
  const { since, until } = times(choices.range, now, utc);
  const words = ["wacket series get", ...globs.map(quoted), "--since", since];
  if (until !== "now") words.push("--until", until);
  words.push("--step", choices.step);
  if (choices.step !== "raw") words.push("--fn", choices.fn === "band" ? "mean" : choices.fn);
  return [...words, "--csv"].join(" ");
}

export type Format = "csv" | "parquet" | "ndjson";

/** The address of the file with what is seen, or with `raw` every reading of the range. */
export function exportOf(choices: Choices, format: Format, now: number, utc: boolean, raw = false): string {
  const { match, ids, step, fn } = choices;
  const seen = raw || step === "raw" ? {} : { step, fn };
  const query = { match, id: ids, ...times(choices.range, now, utc), ...seen, format };
  return address("GET /api/v1/export/readings", { query } as never);
}

/** Lines for a notebook with pandas. The token stands in the environment, never in the text. */
export function notebookOf(choices: Choices, origin: string, now: number, utc: boolean): string {
  const place = exportOf(choices, "parquet", now, utc);
  return [
    "import io, os, urllib.request",
    "import pandas as pd",
    "",
    `url = ${JSON.stringify(origin + place)}`,
    `key = {"Authorization": "Bearer " + os.environ["WACKET_TOKEN"]}`,
    "with urllib.request.urlopen(urllib.request.Request(url, headers=key)) as answer:",
    "    df = pd.read_parquet(io.BytesIO(answer.read()))",
    `df["series"] = df["node"] + "/" + df["name"]`,
    `df.pivot_table(index="time", columns="series", values="value").plot()`,
  ].join("\n");
}
