// The hub's health as the page reads it; its route answers free JSON, since every edge counts what it likes.
import type { UseQueryResult } from "@tanstack/react-query";
import { useAnswer } from "~/api/ask";
import type { HubError } from "~/api/client";

export interface History {
  ok: boolean;
  trouble: string;
  guarantee: string;
  free_bytes: number;
  unsealed_bytes: number;
  damage: string[];
  clock: string;
}

export interface Health {
  status: string;
  version: string;
  history: History;
  statistics: Record<string, Record<string, unknown>>;
}

/** Asked each ten seconds while somebody looks. */
export function useHealth(): UseQueryResult<Health, HubError> {
  return useAnswer("GET /api/v1/health", {}, { refetchInterval: 10_000 }) as unknown as UseQueryResult<
    Health,
    HubError
  >;
}

/** PURE: what is wrong with the hub itself, in sentences; the worst first. */
export function troubles({ history }: Health): string[] {
  const damage = history.damage.length ? [`some of what is kept is damaged: ${history.damage[0]}`] : [];
  return [history.trouble, ...damage, history.clock].filter(Boolean);
}

/** PURE: nested counts as lines: `stored.rows` → 12. Texts and lists are left out. */
export function flat(counts: Record<string, unknown>, before = ""): [string, number][] {
  return Object.entries(counts).flatMap(([name, value]): [string, number][] => {
    const path = before ? `${before}.${name}` : name;
    if (typeof value === "number" || typeof value === "boolean") return [[path, Number(value)]];
    return value && typeof value === "object" ? flat(value as Record<string, unknown>, path) : [];
  });
}
