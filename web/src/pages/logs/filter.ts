// PURE: which lines are wanted, as the address says it, as the hub is asked for it, and as lines that arrive are judged.

import type { Given } from "~/api/client";
import type { LogWant } from "~/live/wire";
import type { Range } from "~/look/raw";
import type { Line } from "./line";

export interface Filter {
  /** A target: names, globs, demo-[01-30], tag:demo. */
  on: string;
  level: string;
  find: string;
  how: "" | "exact" | "regex";
  source: string;
  /** Sources that are left out. */
  hide: string[];
  /** `24h`, a moment, or `all`; "" is DEFAULT_SINCE. */
  since: string;
  /** A moment; "" is now, and what arrives. */
  until: string;
}

export const DEFAULT_SINCE = "24h";
export const ALL = "all";
const TEXTS = ["on", "level", "find", "how", "source", "since", "until"] as const;
const WORDS = /^(all|\d+(\.\d+)?[smhdw]?|\d{4}-\d\d-\d\d.*)$/;

/** The filter that an address means; what cannot be meant is left out. */
export function filterOf(search: URLSearchParams): Filter {
  const text = (name: string) => search.get(name) ?? "";
  const how = text("how");
  const moment = (name: string) => (WORDS.test(text(name)) ? text(name) : "");
  return {
    on: text("on"),
    level: text("level"),
    find: text("find"),
    how: how === "exact" || how === "regex" ? how : "",
    source: text("source"),
    hide: search.getAll("hide").filter(Boolean),
    since: moment("since"),
    until: moment("until"),
  };
}

/** The address of a filter; what others keep in it stays. */
export function addressed(filter: Filter, search: URLSearchParams = new URLSearchParams()): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const name of TEXTS) {
    if (filter[name]) next.set(name, filter[name]);
    else next.delete(name);
  }
  next.delete("hide");
  for (const one of filter.hide) next.append("hide", one);
  return next;
}

/** Whether lines that arrive belong to it. */
export function isLive(filter: Filter): boolean {
  return !filter.until;
}

/** A question about lines, as the hub takes it. */
export type Query = NonNullable<Given<"GET /api/v1/logs">["query"]>;

/** What the hub is asked, over HTTP. */
export function query(filter: Filter, nodes: string[] = []): Query {
  const since = filter.since || DEFAULT_SINCE;
  return {
    target: filter.on,
    node: nodes,
    severity: filter.level,
    source: filter.source,
    find: filter.how === "regex" ? "" : filter.find,
    ...(filter.how === "exact" && filter.find ? { exact: true } : {}),
    regex: filter.how === "regex" ? filter.find : "",
    hide: filter.hide,
    since: since === ALL ? "" : since,
    until: filter.until,
  };
}

/** What the hub is asked to tell. It sends what may fit; `judge` decides. */
export function wanted(filter: Filter, nodes: string[] = []): LogWant {
  return {
    ...(nodes.length ? { nodes } : {}),
    ...(filter.on ? { target: filter.on } : {}),
    ...(filter.level ? { severity: filter.level } : {}),
    ...(filter.find && filter.how !== "regex" ? { find: filter.find } : {}),
  };
}

/** Whether a line that the hub told is one of those wanted. */
export function judge(filter: Filter): (line: Line) => boolean {
  const hits = finder(filter);
  const narrows = hits !== null && filter.how !== "";
  return (line) =>
    (!filter.source || line.source === filter.source) &&
    !filter.hide.includes(line.source) &&
    (!narrows || hits(line.body).length > 0);
}

const MOST_HITS = 200;

/** Finds what is looked for in a text, or null where nothing is or this browser does not understand it. */
export function finder({ find, how }: Pick<Filter, "find" | "how">): ((text: string) => Range[]) | null {
  if (!find) return null;
  const said = how === "regex" ? find : find.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  const careless = how === "" || said.startsWith("(?i)");
  let pattern: RegExp;
  try {
    pattern = new RegExp(said.replace(/^\(\?i\)/, ""), careless ? "gi" : "g");
  } catch {
    return null;
  }
  return (text) => {
    const found: Range[] = [];
    for (const hit of text.matchAll(pattern)) {
      if (hit[0]) found.push([hit.index, hit.index + hit[0].length]);
      if (found.length >= MOST_HITS) break;
    }
    return found;
  };
}

/** A target without these nodes too. */
export function without(on: string, node: string): string {
  return `${on || "*"},!${node}`;
}
