// A time as its age, with the moment itself on hover and focus. Counts by the hub's clock.
import { Tooltip } from "@mantine/core";
import { useNow } from "~/live/clock";
import { ago, microseconds, moment } from "./words";

interface Props {
  /** µs since 1970 or ISO-8601. */
  at: number | string | null | undefined;
  /** What stands there if there is no time. */
  never?: string;
}

export function When({ at, never = "never" }: Props) {
  const now = useNow();
  const when = typeof at === "string" ? microseconds(at) : (at ?? 0);
  if (!when || Number.isNaN(when)) return <span className="w-dim">{never}</span>;
  return (
    <Tooltip label={`${moment(when)} (${moment(when, true)})`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the moment itself must be reachable without a mouse */}
      <time className="w-number" dateTime={new Date(when / 1000).toISOString()} tabIndex={0}>
        {ago(when, now)}
      </time>
    </Tooltip>
  );
}

/** Whether what was last heard `at` is too old to look alive: three periods, and never less than 15 s. */
export function isStale(at: number, period: number | null | undefined, now: number): boolean {
  return now - at > Math.max(3 * (period ?? 0), 15_000_000);
}
