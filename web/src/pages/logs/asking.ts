// The questions about logs.
import { useAnswer } from "~/api/ask";
import { call } from "~/api/client";
import type { Context } from "~/api/types";
import type { Ask } from "./feed";
import type { Query } from "./filter";

export const askPage: Ask = (query) => call("GET /api/v1/logs", { query });

export function askAround(id: number, same: "node" | "all"): Promise<Context> {
  return call("GET /api/v1/logs/{id}/context", { path: { id }, query: { same, before: 100, after: 100 } });
}

/** One line whole; asked only where it is wanted. */
export function useWhole(id: number, wanted: boolean) {
  return useAnswer("GET /api/v1/logs/{id}", { path: { id } }, { enabled: wanted });
}

/** How many lines there were over time; anew every so often while lines arrive. */
export function useCounts(query: Query, buckets: number, live: boolean) {
  return useAnswer(
    "GET /api/v1/logs/histogram",
    { query: { ...query, buckets } },
    { refetchInterval: live ? 10_000 : false, placeholderData: (before) => before },
  );
}
