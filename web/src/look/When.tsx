// A time as its age, with the moment itself on hover and focus. Counts by the hub's clock, and draws anew only when its
// words change: a list shows hundreds.
import { Tooltip } from "@mantine/core";
import { useOfNow } from "~/live/clock";
import { ago, microseconds, moment } from "./words";

interface Props {
  /** µs since 1970 or ISO-8601. */
  at: number | string | null | undefined;
  /** What stands there if there is no time. */
  never?: string;
  /** Only how long: `12 d` beside a word that says the rest. */
  short?: boolean;
}

export function When({ at, never = "never", short }: Props) {
  const when = typeof at === "string" ? microseconds(at) : (at ?? 0);
  const known = Boolean(when) && !Number.isNaN(when);
  const age = useOfNow((now) => (known ? (short ? ago(when, now).replace(" ago", "") : ago(when, now)) : never));
  if (!known) return <span className="w-dim">{never}</span>;
  return (
    <Tooltip label={`${moment(when)} (${moment(when, true)})`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the moment itself must be reachable without a mouse */}
      <time className="w-number" dateTime={new Date(when / 1000).toISOString()} tabIndex={0}>
        {age}
      </time>
    </Tooltip>
  );
}

/** Whether what was last heard `at` is too old to look alive: three periods, and never less than 15 s. */
export function isStale(at: number | null | undefined, period: number | null | undefined, now: number): boolean {
  return !at || now - at > Math.max(3 * (period ?? 0), 15_000_000);
}
