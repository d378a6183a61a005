// PURE: the same question for a terminal. src/wacket/cli/log.py has the options; what it cannot ask is said.
import { ALL, DEFAULT_SINCE, type Filter, isLive } from "./filter";

export interface InTerminal {
  line: string;
  /** What the line does not do, "" if it does all. */
  but: string;
}

/** `wacket log tail` where lines arrive, else `wacket log search`. */
export function inTerminal(filter: Filter, nodes: string[] = []): InTerminal {
  return isLive(filter) ? tail(filter, nodes) : search(filter, nodes);
}

/** The command that follows what arrives. */
export function tail(filter: Filter, nodes: string[] = []): InTerminal {
  const words = ["wacket", "log", "tail", ...common(filter, nodes)];
  if (filter.find && filter.how !== "regex") words.push("--find", filter.find);
  const pattern = filter.how === "regex" && filter.find;
  return { line: line(words), but: pattern ? "It cannot follow a pattern, so it shows more." : "" };
}

/** The command that looks back. */
export function search(filter: Filter, nodes: string[] = []): InTerminal {
  const words = ["wacket", "log", "search"];
  if (filter.find && filter.how !== "regex") words.push(...(filter.find.startsWith("-") ? ["--"] : []), filter.find);
  const options = common(filter, nodes);
  if (filter.how === "regex" && filter.find) options.push("--regex", filter.find);
  const since = filter.since || DEFAULT_SINCE;
  options.push("--since", since === ALL ? "1970-01-01" : since);
  if (filter.until) options.push("--until", filter.until);
  const dashed = words.includes("--");
  const all = dashed ? [...words.slice(0, 3), ...options, ...words.slice(3)] : [...words, ...options];
  return { line: line(all), but: "" };
}

function common(filter: Filter, nodes: string[]): string[] {
  const words = nodes.flatMap((node) => ["--node", node]);
  if (filter.on) words.push("--target", filter.on);
  if (filter.level) words.push("--severity", filter.level);
  if (filter.how === "exact" && filter.find) words.push("--exact");
  if (filter.source) words.push("--source", filter.source);
  for (const one of filter.hide) words.push("--hide", one);
  return words;
}

function line(words: string[]): string {
  return words.map(quoted).join(" ");
}

/** A word as every shell takes it, whatever is in it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
