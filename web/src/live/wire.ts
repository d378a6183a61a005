// PURE: what goes over the live connection. The hub's half is src/wacket/api/live*.py.

export interface LogWant {
  nodes?: string[];
  target?: string;
  severity?: string;
  find?: string;
  after?: number;
}

/** What this end wants to be told. */
export interface Want {
  readings?: string[];
  series?: number[];
  logs?: LogWant;
  fleet?: boolean;
  changes?: boolean;
}

export interface Reading {
  id: number;
  node: string;
  name: string;
  at: number;
  value: number;
}

export interface LogLine {
  id: number;
  at: string;
  node: string;
  source: string;
  severity: number;
  body: string;
  attrs?: unknown;
  cut?: number;
}

/** One node of the overview; src/wacket/fleet/overview.py says what each field is. Times are µs since 1970. */
export interface FleetRow {
  name: string;
  kind: string;
  state: string;
  presence: string;
  since: number;
  why: string;
  os: string;
  agent: string;
  tags: Record<string, string>;
  code: string;
  allows: Record<string, boolean> | null;
  /** When it was heard last, and how often it speaks; null where that is not known. */
  at: number | null;
  period: number | null;
  status: string;
  problems: Problem[];
  numbers: Numbers;
  spark: (number | null)[];
  /** The series that `spark` is of. */
  drawn: number | null;
  newest: Newest[];
  series: number;
  log: { at: number; severity: number; body: string } | null;
}

export interface Problem {
  level: string;
  word: string;
  text: string;
  series?: number | null;
}

export interface Numbers {
  cpu?: number | null;
  memory?: number | null;
  disk?: { value: number; of: string; count: number } | null;
  temperature?: number | null;
}

export interface Newest {
  id: number;
  name: string;
  labels: Record<string, string>;
  unit: string;
  value: number;
  at: number;
}

/** What the hub says has changed: names or numbers where it tells which, or true. */
export type Changes = Record<string, (string | number)[] | true>;

export interface Told {
  cursor?: number;
  now?: number;
  beat?: number;
  readings?: Reading[];
  logs?: LogLine[];
  fleet?: FleetRow[];
  gone?: string[];
  changed?: Changes;
  lost?: number;
  error?: string;
}

/** A message, or null where it is none. */
export function understood(text: unknown): Told | null {
  if (typeof text !== "string") return null;
  try {
    const said: unknown = JSON.parse(text);
    return said !== null && typeof said === "object" && !Array.isArray(said) ? (said as Told) : null;
  } catch {
    return null;
  }
}

/** Everything that these want together. Of two who want logs the last one is heard. */
export function together(wants: Iterable<Want>): Want {
  const readings = new Set<string>();
  const series = new Set<number>();
  const all: Want = {};
  for (const want of wants) {
    for (const glob of want.readings ?? []) readings.add(glob);
    for (const id of want.series ?? []) series.add(id);
    if (want.logs) all.logs = want.logs;
    if (want.fleet) all.fleet = true;
    if (want.changes) all.changes = true;
  }
  if (readings.size) all.readings = [...readings].sort();
  if (series.size) all.series = [...series].sort((a, b) => a - b);
  return all;
}

/** The hub's clock (µs) in a message, if it tells it. `beat` in the answer to a want is a number of seconds. */
export function clockIn(told: Told): number | null {
  const at = told.now ?? told.beat;
  return at !== undefined && at > 1e12 ? at : null;
}
