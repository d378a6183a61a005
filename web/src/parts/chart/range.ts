// PURE: a range of time as it stands in an address: `1h` (until now), `today`, `yesterday`, or `FROM..TO` of two moments.
import { DAY, HOUR, MINUTE, microseconds, moment, SECOND } from "~/look/words";

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

export const RANGES: { value: string; label: string }[] = [
  { value: "5m", label: "Last 5 min" },
  { value: "15m", label: "Last 15 min" },
  { value: "1h", label: "Last hour" },
  { value: "6h", label: "Last 6 hours" },
  { value: "24h", label: "Last 24 hours" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
  { value: "today", label: "Today" },
  { value: "yesterday", label: "Yesterday" },
];

/** A length such as `10s`, `1.5h`, `7d` in µs; 0 where it is none. */
export function lengthOf(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  return number && unit ? Number(number) * (UNITS[unit] as number) : 0;
}

/** Whether this can be understood. */
export function isRange(text: string): boolean {
  return text === "today" || text === "yesterday" || lengthOf(text) > 0 || absolute(text) !== null;
}

/** Whether it goes on while one looks. */
export function isLive(text: string): boolean {
  return text === "today" || lengthOf(text) > 0;
}

/** [since, until) in µs. What is not understood is the last hour. */
export function bounds(text: string, now: number, utc = false): [number, number] {
  const length = lengthOf(text);
  if (length) return [now - length, now];
  const day = midnight(now, utc);
  if (text === "today") return [day, now];
  if (text === "yesterday") return [midnight(day - 1, utc), day];
  return absolute(text) ?? [now - HOUR, now];
}

/** Two moments (µs) as a range. */
export function between(since: number, until: number): string {
  const iso = (at: number) => new Date(at / 1000).toISOString().replace(".000Z", "Z");
  return `${iso(Math.min(since, until))}..${iso(Math.max(since, until))}`;
}

/** How people read it. */
export function rangeText(text: string, utc = false): string {
  const known = RANGES.find((one) => one.value === text);
  const [since, until] = absolute(text) ?? [0, 0];
  if (known || !until) return known?.label ?? `Last ${text}`;
  const [from, to] = [moment(since, utc), moment(until, utc)];
  return `${from.slice(0, 16)} – ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11, 16) : to.slice(0, 16)}`;
}

function absolute(text: string): [number, number] | null {
  const [from, to] = text.split("..").map((one) => microseconds(one));
  return from !== undefined && to !== undefined && to > from ? [from, to] : null;
}

function midnight(at: number, utc: boolean): number {
  const date = new Date(at / 1000);
  return (utc ? date.setUTCHours(0, 0, 0, 0) : date.setHours(0, 0, 0, 0)) * 1000;
}
