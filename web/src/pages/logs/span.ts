// PURE: moments as the fields of browsers have them.
import { microseconds, moment } from "~/look/words";

/** A moment as a field has it; "" where it is none. */
export function field(text: string, utc: boolean): string {
  const at = text.includes("-") ? microseconds(text) : Number.NaN;
  return Number.isNaN(at) ? "" : moment(at, utc).slice(0, 19).replace(" ", "T");
}

/** A moment as the hub takes it, of what a field has. */
export function instant(text: string, utc: boolean): string {
  const date = new Date(utc && text ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
