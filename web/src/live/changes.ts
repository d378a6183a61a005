// What the hub says has changed makes answers old, wherever they are shown.
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { forget, STALE } from "~/api/ask";
import { useLive } from "./hub";
import type { Changes, Told } from "./wire";

/** What was asked just before the connection began, and does not change from second to second. */
const STEADY = ["GET /api/v1/me", "GET /api/v1/me/preferences", "GET /api/v1/place"];

/** Mounted once, by the shell. After the hub was lost everything on the screen is asked again. */
export function useChanges(): void {
  const client = useQueryClient();
  const before = useRef(false);
  const hear = (told: Told) => {
    const places = placesOf(told.changed ?? {});
    if (places === "all") void client.invalidateQueries();
    else if (places.length) void forget(client, ...places);
  };
  useLive({ changes: true }, hear, () => {
    const again = before.current;
    before.current = true;
    void client.invalidateQueries({ predicate: ({ queryKey }) => again || !STEADY.includes(String(queryKey[0])) });
  });
}

/** PURE: where answers have become old. `all` is what the hub says when it could not keep count. */
export function placesOf(changes: Changes): string[] | "all" {
  if (changes.all) return "all";
  return Object.keys(changes).flatMap((noun) => STALE[noun] ?? [`/api/v1/${noun}`]);
}
