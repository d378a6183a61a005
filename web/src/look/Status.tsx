// A state as shape, word and colour, always all three: colour alone says nothing to one man in twelve.
import type { CSSProperties, ReactNode } from "react";
import classes from "./Status.module.css";

export type Tone = "up" | "warn" | "down" | "info" | "off";

interface Look {
  tone: Tone;
  word: string;
  shape: ReactNode;
}

const round = <circle cx="8" cy="8" r="6" />;
const ring = <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2" />;
const triangle = <path d="M8 1.5 15 14H1z" />;
const square = <rect x="2" y="2" width="12" height="12" rx="1" />;
const diamond = <path d="M8 1 15 8 8 15 1 8z" />;
const hollowDiamond = <path d="M8 2 14 8 8 14 2 8z" fill="none" stroke="currentColor" strokeWidth="2" />;
const question = (
  <path
    d="M5 5.6C5 3.7 6.3 2.4 8.1 2.4S11 3.6 11 5.3c0 2.3-2.9 2.5-2.9 4.7M8.1 12.6v1.6"
    fill="none"
    stroke="currentColor"
    strokeWidth="2.2"
  />
);
const part = (share: number) => (
  <>
    {ring}
    <path d={share >= 0.5 ? "M8 3a5 5 0 0 1 0 10z" : "M8 8V3a5 5 0 0 1 5 5z"} />
  </>
);
const glass = <path d="M3 1.5h10v2L9.5 8l3.5 4.5v2H3v-2L6.5 8 3 3.5z" />;

export const LOOKS: Record<string, Look> = {
  up: { tone: "up", word: "up", shape: round },
  late: { tone: "warn", word: "late", shape: triangle },
  warn: { tone: "warn", word: "warning", shape: triangle },
  down: { tone: "down", word: "down", shape: square },
  off: { tone: "off", word: "off", shape: ring },
  retired: { tone: "off", word: "retired", shape: ring },
  pending: { tone: "info", word: "waits for you", shape: diamond },
  maintenance: { tone: "info", word: "maintenance", shape: diamond },
  unknown: { tone: "off", word: "unknown", shape: question },
  stale: { tone: "off", word: "stale", shape: question },
  // a class
  rest: { tone: "off", word: "rest", shape: hollowDiamond },
  requested: { tone: "info", word: "requested", shape: part(0.25) },
  collected: { tone: "info", word: "collected", shape: part(0.5) },
  returned: { tone: "up", word: "returned", shape: round },
  error: { tone: "down", word: "error", shape: square },
  stuck: { tone: "warn", word: "stuck", shape: glass },
  // commands
  queued: { tone: "off", word: "queued", shape: hollowDiamond },
  sent: { tone: "info", word: "sent", shape: part(0.25) },
  accepted: { tone: "info", word: "accepted", shape: part(0.25) },
  running: { tone: "info", word: "running", shape: part(0.5) },
  succeeded: { tone: "up", word: "succeeded", shape: round },
  failed: { tone: "down", word: "failed", shape: square },
  cancelled: { tone: "off", word: "cancelled", shape: ring },
  expired: { tone: "warn", word: "expired", shape: triangle },
  timed_out: { tone: "warn", word: "timed out", shape: glass },
  rejected: { tone: "down", word: "rejected", shape: square },
  lost_reboot: { tone: "down", word: "lost", shape: question },
  lost: { tone: "down", word: "lost", shape: question },
};

/** How a state looks; what is not known looks unknown. */
export function lookOf(state: string): Look {
  return LOOKS[state] ?? { tone: "off", word: state.replaceAll("_", " ") || "unknown", shape: question };
}

interface Props {
  state: string;
  /** Instead of the state's own word. */
  word?: string | undefined;
  /** The word is only for screen readers, because it stands beside already. */
  bare?: boolean;
  large?: boolean;
}

export function Status({ state, word, bare, large }: Props) {
  const look = lookOf(state);
  const style = { "--tone": `var(--w-${look.tone})` } as CSSProperties;
  return (
    <span className={classes.status} style={style} data-state={state} data-large={large || undefined}>
      <svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
        {look.shape}
      </svg>
      <span className={bare ? classes.heard : undefined}>{word ?? look.word}</span>
    </span>
  );
}
