// What the hub says has changed makes answers old, wherever they are shown.
import { useQueryClient } from "@tanstack/react-query";
import { forget, STALE } from "~/api/ask";
import { useLive } from "./hub";
import type { Told } from "./wire";

/** Mounted once, by the shell. After the hub was lost everything on the screen is asked again. */
export function useChanges(): void {
  const client = useQueryClient();
  const hear = (told: Told) => {
    const places = Object.keys(told.changed ?? {}).flatMap((noun) => STALE[noun] ?? [`/api/v1/${noun}`]);
    if (places.length) void forget(client, ...places);
  };
  useLive({ changes: true }, hear, () => void client.invalidateQueries());
}
