// PURE: where axes begin and end, and what stands beside their lines.
import { bytes, digits } from "~/look/words";

const BYTES = ["B", "B/s", "bytes"];

/** Whether a chart of this unit must show zero: shares, rates and sizes are compared by their height. */
export function fromZero(unit: string): boolean {
  return unit === "%" || unit.endsWith("/s") || BYTES.includes(unit);
}

interface Limits {
  unit: string;
  least?: number | undefined;
  most?: number | undefined;
}

/** The ends of the value axis for numbers from `low` to `high`, null where there are none. */
export function valueRange(low: number | null, high: number | null, limits: Limits): [number, number] {
  const { unit, least, most } = limits;
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) {
    return [least ?? 0, most ?? (unit === "%" ? 100 : 1)];
  }
  const zero = fromZero(unit);
  const span = zero ? Math.max(high, 0) - Math.min(low, 0) : high - low;
  const room = span > 0 ? span * 0.08 : Math.abs(high) * 0.1 || 1;
  const bottom = zero && low >= 0 ? 0 : low - room;
  const top = zero && high <= 0 ? 0 : high + room;
  const from = Math.max(bottom, Math.min(least ?? bottom, low));
  const to = Math.min(top, Math.max(most ?? top, high));
  return to > from ? [from, to] : [from, from + 1];
}

/** What stands beside the lines of the value axis; the unit itself stands above them, but for bytes. */
export function valueTexts(values: number[], unit: string): string[] {
  if (BYTES.includes(unit)) return values.map((one) => bytes(one, unit));
  const step = Math.abs((values[1] ?? 0) - (values[0] ?? 0));
  const places = step ? Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9))) : 0;
  return values.map((one) => {
    const size = Math.abs(one);
    return size >= 1e6 || (size && step < 1e-6) ? digits(one) : one.toLocaleString("en", fixed(step, places));
  });
}

function fixed(step: number, places: number): Intl.NumberFormatOptions {
  // 2.5 between lines needs one place more than its size says
  const more = step && Math.abs(Math.round(step * 10 ** places) - step * 10 ** places) > 1e-6 ? 1 : 0;
  return { minimumFractionDigits: places + more, maximumFractionDigits: places + more };
}

/** What stands above the value axis. */
export function unitText(units: Iterable<string>): string {
  const different = new Set(units);
  const unit = [...different][0] ?? "";
  return different.size === 1 && !BYTES.includes(unit) ? unit : "";
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = 86_400_000;

/** What stands below the lines of the time axis (ms, `step` apart): the time, with the date where a day begins. */
export function timeTexts(moments: number[], step: number, utc: boolean): string[] {
  let day = "";
  return moments.map((moment) => {
    const [date, time] = parts(moment, utc);
    const fresh = date !== day && (day !== "" || step >= DAY / 24);
    day = date;
    if (step >= 27 * DAY) return date.slice(date.indexOf(" ") + 1) + (date.includes("Jan") ? `\n${year(moment)}` : "");
    if (step >= DAY) return date;
    const text = time.slice(0, step >= 60_000 ? 5 : step >= 1_000 ? 8 : 12);
    return fresh ? `${text}\n${date}` : text;
  });
}

function parts(moment: number, utc: boolean): [string, string] {
  const shifted = new Date(utc ? moment : moment - new Date(moment).getTimezoneOffset() * 60_000);
  return [`${shifted.getUTCDate()} ${MONTHS[shifted.getUTCMonth()]}`, shifted.toISOString().slice(11, 23)];
}

function year(moment: number): number {
  return new Date(moment).getFullYear();
}
