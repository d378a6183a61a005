// PURE: one line as the screen has it, and its words.
import type { LogLine } from "~/live/wire";
import { count, microseconds, SECOND } from "~/look/words";

export interface Line {
  id: number;
  at: number; // µs
  node: string;
  source: string;
  severity: number;
  body: string;
  attrs: unknown;
  /** The whole length, where the body is only its beginning. */
  cut: number;
  /** How much older than its forerunner it was when it arrived, µs. */
  late: number;
  /** No line: so many are missing here. */
  gap: number;
}

const NAMES = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof NAMES)[number] | "";
export const LEVELS = NAMES;

/** The word of OpenTelemetry's number. */
export function levelOf(severity: number): Level {
  return severity >= 1 && severity <= 24 ? (NAMES[Math.floor((severity - 1) / 4)] ?? "") : "";
}

export function lineOf(told: LogLine): Line {
  const { id, node, source, severity, body, attrs } = told;
  const said = attrs !== null && typeof attrs === "object" && !Object.keys(attrs).length ? null : attrs;
  const at = microseconds(told.at);
  return { id, at, node, source, severity, body, attrs: said, cut: told.cut ?? 0, late: 0, gap: 0 };
}

let gaps = 0;

/** A place where lines are missing; half a microsecond beside a line is behind or before it. */
export function gapOf(missing: number, at: number): Line {
  gaps -= 1;
  return { id: gaps, at, node: "", source: "", severity: 0, body: "", attrs: null, cut: 0, late: 0, gap: missing };
}

/** The order of lines: by time, then as they came. */
export function before(a: Line, b: Line): number {
  return a.at - b.at || a.id - b.id;
}

export interface Folded {
  first: string;
  /** Lines behind the first one. */
  more: number;
  cut: boolean;
}

/** The first line of a text, at most so many characters of it, and what is behind. */
export function folded(body: string, most: number): Folded {
  const text = body.endsWith("\n") ? body.slice(0, -1) : body;
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end).replace(/\r$/, "");
  let more = 0;
  for (let at = end; at >= 0 && more < 1_000; at = text.indexOf("\n", at + 1)) more += 1;
  return { first: first.slice(0, most), more, cut: first.length > most };
}

// Members that the columns show already.
const TOLD = new Set("at time timestamp ts message msg body log level severity lvl source node wacket_log".split(" "));

/** What came with a line beside what is shown of it, in a few words. */
export function fewWords(attrs: unknown, most = 120): string {
  if (attrs === null || typeof attrs !== "object") return typeof attrs === "string" ? attrs.slice(0, most) : "";
  let words = "";
  for (const [name, value] of Object.entries(attrs)) {
    if (words.length > most) break;
    if (TOLD.has(name)) continue;
    const said = value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
    words += `${words && "  "}${name.slice(0, 40)}=${said.slice(0, 60)}`;
  }
  return words.length > most ? `${words.slice(0, most)}…` : words;
}

/** What came with a line and is not its text; null if nothing did. */
export function beside({ attrs, body }: Line): object | null {
  if (attrs === null || typeof attrs !== "object") return attrs ? { attrs } : null;
  const entries = Object.entries(attrs).filter(([, value]) => value !== body);
  return entries.length ? Object.fromEntries(entries) : null;
}

/** The document in a body, if it is one. */
export function documentIn(body: string): object | null {
  if (!/^\s*[{[]/.test(body) || body.length > 262_144) return null;
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** How late a line came, in words. */
export function lateness(us: number): string {
  return us < 60 * SECOND
    ? `${(us / SECOND).toFixed(us < 10 * SECOND ? 1 : 0)} s late`
    : `${Math.round(us / 60e6)} min late`;
}

/** `14 more lines`. */
export function moreLines(more: number): string {
  return more >= 1_000 ? "1,000 and more lines" : count(more, "more line");
}
