// PURE: notes as the page edits them.
import { between, bounds, isLive } from "~/parts/chart/range";

export interface NoteDraft {
  id?: number;
  at: number;
  until: number | null;
  text: string;
}

/** The range in which notes are asked for. Of a live one its length, so that the question stays the same as time goes on. */
export function noteRange(range: string, utc: boolean): { since: string; until: string } {
  if (isLive(range) && /^\d/.test(range)) return { since: range, until: "now" };
  const now = Math.floor(Date.now() / 60_000) * 60_000_000;
  const [since, until] = between(...bounds(range, now, utc)).split("..");
  return { since: since as string, until: range === "today" ? "now" : (until as string) };
}

/** Why a note cannot be kept as it is, or "". */
export function wrongIn({ at, until, text }: NoteDraft): string {
  if (!text.trim()) return "A note needs a text.";
  if (!Number.isFinite(at)) return "Say when it was.";
  return until !== null && !(until > at) ? "It cannot end before it begins." : "";
}
