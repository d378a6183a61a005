// PURE: what a person's own hardware waits for, and why they cannot ask it now, in words.
import type { OwnHardware } from "~/api/types";
import { count } from "~/look/words";

const WAITS: Record<string, string> = {
  board: "It waits for your board to come for it.",
  queue: "It waits in the queue.",
};

/** What goes on now, as a sentence. */
export function goesOn(own: OwnHardware): string {
  if (own.word === "stuck") {
    return own.own
      ? "That took more than twice its time. Take it back, and look whether your board is on."
      : "That took more than twice its time. Tell your teacher, who can put it at rest.";
  }
  if (own.state === 1 && own.waits === "queue") {
    return `${count(own.before, "program goes", "programs go")} first.`;
  }
  if (own.state === 1) return WAITS[own.waits] ?? "Your board has been told of it.";
  if (own.state === 2) return "Your board runs it.";
  if (own.state === 3 && !own.own) return "Your teacher will look at it.";
  return own.since ? "" : "Nothing was run on it yet.";
}

/** Why nothing can be run now; "" if something can. */
export function hindrance(own: OwnHardware): string {
  if (own.state === 1 || own.state === 2) return "One program at a time: this goes when the last one is done.";
  if (own.state === 3 && !own.own) return "Your answer to your teacher waits to be looked at.";
  return "";
}

/** Whether what runs may be taken back by whoever looks. */
export function mayTakeBack(own: OwnHardware): boolean {
  return own.own && (own.state === 1 || own.state === 2);
}

/** Which answer stands below: that of the last program, or the one before while it runs. */
export function isOld(own: OwnHardware): boolean {
  return own.state === 1 || own.state === 2;
}
