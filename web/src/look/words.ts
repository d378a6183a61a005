// PURE: numbers, times and ages as people read them.
import { visible } from "./raw";

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A length of time, µs: `now`, `12 s`, `4 min`, `3 h`, `12 d`. */
export function span(us: number): string {
  const length = Math.abs(us);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h`;
  return `${Math.floor(length / DAY)} d`;
}

/** How long ago, µs. A clock that is a little off is not the future. */
export function ago(at: number, now: number): string {
  const age = now - at;
  if (age > -5 * SECOND && age < 5 * SECOND) return "now";
  return age < 0 ? `in ${span(age)}` : `${span(age)} ago`;
}

/** µs since 1970 of an ISO time; NaN where it is none. */
export function microseconds(iso: string): number {
  const whole = Date.parse(iso);
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return whole * 1000 + Number(fraction.slice(3, 6).padEnd(3, "0") || 0);
}

/** A moment (µs) with date and time, local or UTC. */
export function moment(at: number, utc = false): string {
  if (!Number.isFinite(at)) return "–";
  const date = new Date(at / 1000);
  const shifted = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return `${shifted.toISOString().slice(0, 19).replace("T", " ")}${utc ? " UTC" : ""}`;
}

/** The time of day with milliseconds, as logs show it. */
export function clockTime(at: number, utc = false): string {
  const date = new Date(at / 1000);
  const shifted = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(11, 23);
}

const PREFIXES = ["", "k", "M", "G", "T", "P"];

/** A value with as many digits as help, and its unit: `21.4 °C`, `94 %`, `1.2 GB`. */
export function value(number: number | null | undefined, unit = ""): string {
  if (number === null || number === undefined || !Number.isFinite(number)) return "–";
  const scaled = ["B", "B/s", "bytes"].includes(unit) ? bytes(number, unit) : null;
  if (scaled) return scaled;
  return unit ? `${digits(number)} ${visible(unit)}` : digits(number);
}

/** Three or four digits that mean something. */
export function digits(number: number): string {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return number.toExponential(2);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4;
  const text = number.toFixed(places);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Bytes by thousands, as disks are sold and networks counted. */
export function bytes(number: number, unit = "B"): string {
  let scaled = number;
  let step = 0;
  while (Math.abs(scaled) >= 1000 && step < PREFIXES.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  return `${digits(scaled)} ${PREFIXES[step]}${unit.replace("bytes", "B")}`;
}

/** `1 node`, `2 nodes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
