// Who looks at this page and what they may do. The hub decides it again at each act; this only keeps the page from
// offering what would be refused.
import { useAnswer } from "./ask";
import type { Me } from "./types";

export type Right = "own" | "read" | "operate" | "admin";

/** The caller, as the hub takes them. Only below the sign-in page's gate, where it is known. */
export function useMe(): Me {
  const { data } = useAnswer("GET /api/v1/me", {}, { staleTime: Number.POSITIVE_INFINITY });
  return data ?? { name: "", kind: "person", role: "", rights: [] };
}

/** Whether the caller has this right. */
export function useMay(right: Right): boolean {
  return useMe().rights.includes(right);
}
