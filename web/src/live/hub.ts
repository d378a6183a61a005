// The one connection that the whole page shares, and the hooks to use it. A view of logs has one of its own, so that a
// flood of lines never delays a state.
import { useEffect, useRef, useSyncExternalStore } from "react";
import { browser, Connection, type Link } from "./connection";
import type { Told, Want } from "./wire";

export const hub = new Connection(browser);

/** How the hub is reached at this moment. */
export function useLink(connection: Connection = hub): Link {
  return useSyncExternalStore(connection.watch, () => connection.link);
}

/**
 * Hear of this while the component is there. `want` null: nothing. `begin` is called once the hub has understood, and
 * after each return: ask for the snapshot then, and apply what is heard after it.
 */
export function useLive(
  want: Want | null,
  hear: (told: Told) => void,
  begin?: (told: Told) => void,
  connection: Connection = hub,
): void {
  const latest = useRef({ hear, begin });
  latest.current = { hear, begin };
  const text = want ? JSON.stringify(want) : "";
  useEffect(() => {
    if (!text) return;
    return connection.listen(
      JSON.parse(text) as Want,
      (told) => latest.current.hear(told),
      (told) => latest.current.begin?.(told),
    );
  }, [text, connection]);
}
