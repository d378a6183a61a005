// PURE: everybody in a class as the page shows them: how they stand, in which order, how many are how.
import type { ClassMember, ClassUser } from "~/api/types";
import { microseconds, SECOND } from "~/look/words";

/** The words for how somebody stands, those that ask for the teacher last: as counted, and as sorted backwards. */
export const WORDS = ["rest", "requested", "collected", "returned", "error", "stuck"] as const;

export type Sort = "seat" | "user" | "node" | "state" | "since" | "exit" | "answer" | "verdict";
const texts = new Intl.Collator("en", { numeric: true });

/** Whether the hardware took more than twice the time of its program; by the hub's clock, as the hub counts. */
export function isStuck(member: ClassMember, now: number): boolean {
  const waits = member.state === 1 || member.state === 2;
  return waits && member.since > 0 && now > member.since + 2 * member.timeout * SECOND;
}

/** A user of the class protocol who may be in no class, as one of a class. */
export function memberOf(user: ClassUser): ClassMember {
  const failed = user.hw_exit === null ? user.hw_err !== "" : user.hw_exit !== 0;
  const word = user.stuck ? "stuck" : user.state === 3 && failed ? "error" : (WORDS[user.state] ?? "unknown");
  return {
    ...user,
    node: "",
    seat: "",
    presence: "",
    word,
    since: user.time ? microseconds(user.time) : 0,
    stuck_since: null,
    answer: firstLine(user.hw_response),
    error: firstLine(user.hw_err),
    verdict: user.state === 0 ? firstLine(user.server_analysis) : "",
    round: null,
    moves: 0,
  };
}

/** The first line that is not empty, cut. */
export function firstLine(text: string, most = 200): string {
  return (text.split("\n").find((line) => line.trim()) ?? "").trim().slice(0, most);
}

/** How many are how, by word, in the order of WORDS. */
export function counted(members: ClassMember[]): Map<string, number> {
  const counts = new Map<string, number>(WORDS.map((word) => [word, 0]));
  for (const { word } of members) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Those that fit the words (none: all) and the text, sorted; `-` before the order turns it around. */
export function chosen(members: ClassMember[], words: string[], find: string, sort: string): ClassMember[] {
  const text = find.trim().toLowerCase();
  const fitting = members.filter(
    (one) =>
      (!words.length || words.includes(one.word)) &&
      (!text || `${one.seat} ${one.user} ${one.node} ${one.answer} ${one.error}`.toLowerCase().includes(text)),
  );
  const way = sort.startsWith("-") ? -1 : 1;
  const by = ORDERS[sort.replace("-", "") as Sort] ?? ORDERS.seat;
  return fitting.sort((a, b) => way * by(a, b) || ORDERS.seat(a, b));
}

const ORDERS: Record<Sort, (a: ClassMember, b: ClassMember) => number> = {
  // Who has no seat comes after those who have.
  seat: (a, b) => Number(!a.seat) - Number(!b.seat) || texts.compare(a.seat, b.seat) || texts.compare(a.user, b.user),
  user: (a, b) => texts.compare(a.user, b.user),
  node: (a, b) => texts.compare(a.node, b.node),
  state: (a, b) => rank(b.word) - rank(a.word),
  since: (a, b) => b.since - a.since,
  exit: (a, b) => (a.hw_exit ?? -1) - (b.hw_exit ?? -1),
  answer: (a, b) => texts.compare(a.answer, b.answer),
  verdict: (a, b) => texts.compare(a.verdict, b.verdict),
};

function rank(word: string): number {
  return (WORDS as readonly string[]).indexOf(word);
}

/** What stands where the answer would: while there is none, why. `dim`: it is no answer to what was asked last. */
export function answerOf(member: ClassMember): { text: string; dim: boolean } {
  const board = member.node ? "the board" : "the worker";
  if (member.word === "stuck" && member.state === 1)
    return { text: `${board} has not come for the program`, dim: true };
  if (member.word === "stuck") return { text: `no answer in twice ${member.timeout} s`, dim: true };
  if (member.state === 1) return { text: "waits for the hardware", dim: true };
  if (member.state === 2) return { text: "running …", dim: true };
  const wrong = member.hw_exit === null ? member.error !== "" : member.hw_exit !== 0;
  return { text: (wrong && lastWord(member)) || member.answer, dim: member.state === 0 };
}

/** What went wrong stands in the last line of what Python says of it. */
function lastWord(member: ClassMember): string {
  const lines = member.hw_err.split("\n").filter((line) => line.trim());
  return (lines.at(-1) ?? member.error).trim().slice(0, 200);
}

/** For those who only hear the page: how many are how. */
export function heard(counts: Map<string, number>): string {
  const some = [...counts].filter(([, count]) => count > 0);
  return some.map(([word, count]) => `${word} ${count}`).join(", ");
}
