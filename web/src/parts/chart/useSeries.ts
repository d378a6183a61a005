// Lines for a chart: what history has, and what arrives after it. Draws nothing.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { call, type Given, type HubError } from "~/api/client";
import { hubNow, useNow } from "~/live/clock";
import { useLive } from "~/live/hub";
import type { Reading, Told } from "~/live/wire";
import { type Told as Found, linesOf, type Values } from "./answer";
import { type Growing, gather, growing, trim } from "./gather";
import { bounds, isLive } from "./range";
import type { Line } from "./shape";

const MISSED = 20_000; // readings kept for the answer that is on its way
const DRAWN_EVERY = 100; // ms
const NONE: Found[] = [];
/** What readings can be gathered into here; of others only history knows. */
const GATHERED = ["mean", "band", "min", "max", "first", "last", "sum"];
const ROUTE = "GET /api/v1/series/values";

export interface Asked {
  ids?: number[];
  match?: string[];
  node?: string | undefined;
  /** In the words of `range.ts`: `1h` moves with the time, `today`, or two moments. */
  range: string;
  /** `auto`, `raw`, or a length such as `10s`. */
  step?: string | undefined;
  /** mean, min, max, …; `band` is the mean with least and greatest. */
  fn?: string | undefined;
  /** The values of so long before, `1d`, drawn where the range is. */
  shift?: string | undefined;
  /** Do not follow what arrives. */
  still?: boolean | undefined;
  utc?: boolean | undefined;
}

export interface Series {
  lines: Line[];
  /** The series of the lines, in their order. */
  told: Found[];
  /** The range, µs; moves while it is live. */
  since: number;
  until: number;
  /** Length of a step, µs; 0 where each reading is drawn. */
  step: number;
  live: boolean;
  /** The first answer is not here yet. */
  pending: boolean;
  /** Another answer is on its way; what is shown is of before. */
  fetching: boolean;
  error: HubError | null;
  refetch: () => void;
}

/** Nothing is asked while there are neither ids nor globs nor a node. */
export function useSeries(asked: Asked): Series {
  const { range, step = "auto", fn = "mean", shift, still, utc = false } = asked;
  const now = useNow();
  const [since, until] = bounds(range, now, utc);
  const live = isLive(range) && !still && !shift;
  const gathered = live && (step === "raw" || GATHERED.includes(fn));
  const missed = useRef<Reading[] | null>(null);
  const query = useQuery<Values, HubError>({
    queryKey: [ROUTE, asked],
    queryFn: ({ signal }) => {
      missed.current = []; // what arrives from now on may not be in the answer; in a mean it may count twice until the next
      return call(ROUTE, { ...question(asked), signal } as Given<typeof ROUTE>);
    },
    structuralSharing: false, // to compare a million numbers takes longer than to draw them
    enabled: Boolean(asked.ids?.length || asked.match?.length || asked.node),
    placeholderData: (before) => before,
    staleTime: live ? 0 : 60_000,
    gcTime: 60_000,
    refetchInterval: ({ state }) => (isLive(range) && !still ? again(state.data?.step_us ?? 0, gathered) : false),
  });
  const lines = useGrowing(query.data, { live: gathered, fn, since, missed, refetch: () => void query.refetch() });
  return {
    lines,
    told: query.data?.series ?? NONE,
    since,
    until,
    step: query.data?.step_us ?? 0,
    live,
    pending: query.isPending && query.fetchStatus !== "idle",
    fetching: query.isFetching,
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

/** ms until history is asked anew: about a step, so that what was gathered here becomes exact. */
function again(step: number, gathered: boolean): number {
  return Math.min(600_000, Math.max(gathered ? 30_000 : 5_000, step / 1000));
}

function question({ ids, match, node, range, step, fn, shift, utc = false }: Asked): { query: object } {
  const [since, until] = bounds(range, hubNow(), utc);
  const times = isLive(range) && /^\d/.test(range) ? { since: range, until: "now" } : moments(since, until);
  return { query: { id: ids, match, node, ...times, step, fn, shift, layout: "columns" } };
}

function moments(since: number, until: number): { since: string; until: string } {
  return { since: iso(since), until: iso(until) };
}

function iso(at: number): string {
  return new Date(at / 1000).toISOString();
}

interface Following {
  live: boolean;
  fn: string;
  since: number;
  missed: { current: Reading[] | null };
  refetch: () => void;
}

/** The answer's lines, and behind them what arrives. Each answer begins them anew. */
function useGrowing(answer: Values | undefined, following: Following): Line[] {
  const { live, fn, since, missed } = following;
  const step = answer?.step_us ?? 0;
  const grown = useMemo(() => {
    const lines = answer ? linesOf(answer).map((line) => growing(line, step)) : [];
    const found = new Map<number, Growing>(lines.map((line) => [Number(line.id), line]));
    for (const one of missed.current ?? []) take(found, one, step, fn);
    return found;
  }, [answer, step, fn, missed]);
  const [drawn, draw] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const hear = (told: Told) => {
    let more = false;
    for (const one of told.readings ?? []) {
      if ((missed.current?.length ?? MISSED) < MISSED) missed.current?.push(one);
      if (take(grown, one, step, fn)) more = true;
    }
    if (!more || timer.current) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      for (const line of grown.values()) trim(line, since - 2 * step);
      draw((count) => count + 1);
    }, DRAWN_EVERY);
  };
  const ids = [...grown.keys()];
  // What arrived between the answer and the beginning is in neither: history is asked once more when the hub has begun.
  useLive(live && ids.length ? { series: ids } : null, hear, following.refetch);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn` says that the lines have grown in place
  return useMemo(() => [...grown.values()].map((line) => ({ ...line })), [grown, drawn]);
}

function take(lines: Map<number, Growing>, { id, at, value }: Reading, step: number, fn: string): boolean {
  const line = lines.get(id);
  return line !== undefined && gather(line, at, value, step, fn);
}
