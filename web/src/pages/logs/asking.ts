// The questions about logs, with the shapes of their answers.
import { useAnswer } from "~/api/ask";
import { call, type Route } from "~/api/client";
import type { LogLine } from "~/live/wire";
import type { Context } from "./around";
import type { Buckets } from "./bars";
import type { Ask, Page } from "./feed";

export const askPage: Ask = (query) => call("GET /api/v1/logs", { query } as never) as Promise<Page>;

export function askAround(id: number, same: "node" | "all"): Promise<Context> {
  const given = { path: { id }, query: { same, before: 100, after: 100 } };
  return call("GET /api/v1/logs/{id}/context" as Route, given as never) as unknown as Promise<Context>;
}

/** One line whole; asked only where it is wanted. */
export function useWhole(id: number, wanted: boolean) {
  const route = "GET /api/v1/logs/{id}" as "GET /api/v1/logs";
  const answer = useAnswer(route, { path: { id } } as never, { enabled: wanted });
  return { ...answer, data: answer.data as unknown as LogLine | undefined };
}

/** How many lines there were over time; anew every so often while lines arrive. */
export function useCounts(query: Record<string, unknown>, buckets: number, live: boolean) {
  const route = "GET /api/v1/logs/histogram" as "GET /api/v1/logs";
  const answer = useAnswer(route, { query: { ...query, buckets } } as never, {
    refetchInterval: live ? 10_000 : false,
    placeholderData: (before) => before,
  });
  return { ...answer, data: answer.data as unknown as Buckets | undefined };
}
