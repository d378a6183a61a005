// How a class stands, and goes on to: who hangs is counted here too, because time alone makes it so.
import { useMemo } from "react";
import { useAnswer } from "~/api/ask";
import type { HubError } from "~/api/client";
import type { ClassMember } from "~/api/types";
import { useOfNow } from "~/live/clock";
import { isStuck, memberOf, WORDS } from "./model";

export interface Everybody {
  data: ClassMember[] | undefined;
  error: HubError | null;
  refetch: () => unknown;
}

const MOST = 1000;

/** The people of a class; "" is everybody whose hardware speaks the class protocol. */
export function useClass(name: string): Everybody {
  const one = useAnswer("GET /api/v1/classes/{name}", { path: { name } }, { enabled: Boolean(name) });
  const all = useAnswer("GET /api/v1/class", { query: { limit: MOST } }, { enabled: !name });
  const members = useMemo(() => (name ? one.data?.members : all.data?.users.map(memberOf)), [name, one.data, all.data]);
  const stuck = useOfNow((now) => (members ?? []).map((member) => (isStuck(member, now) ? "1" : "0")).join(""));
  const data = useMemo(
    () => members?.map((member, at) => ({ ...member, word: wordOf(member, stuck[at] === "1") })),
    [members, stuck],
  );
  const from = name ? one : all;
  return { data, error: from.error, refetch: from.refetch };
}

function wordOf(member: ClassMember, stuck: boolean): string {
  if (stuck) return "stuck";
  return member.word === "stuck" ? (WORDS[member.state] ?? "unknown") : member.word;
}
