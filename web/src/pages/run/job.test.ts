import { describe, expect, it } from "vitest";
import { anyFailed, isOver, type Job, type NodePart, outcome, progress, wishAgain } from "./job";

const job = (states: string[], more: Partial<Job> = {}): Job =>
  ({
    target: "tag:demo",
    kind: "exec",
    nodes: states.map((state) => ({ state }) as NodePart),
    ...more,
  }) as unknown as Job;

describe("a job", () => {
  it("says how far it is", () => {
    expect(progress(job(["running", "succeeded", "queued"]))).toBe("1 of 3 ended");
    expect(progress(job(["succeeded"]))).toBe("1 machine");
  });

  it("has failed where something ended otherwise than well", () => {
    expect(anyFailed(job(["running", "succeeded"]))).toBe(false);
    expect(anyFailed(job(["lost_reboot", "succeeded"]))).toBe(true);
    expect(isOver({ state: "accepted" })).toBe(false);
  });

  it("is written anew as it was", () => {
    expect(wishAgain(job([], { argv: ["sh", "-c", "ls | wc"] })).command).toBe("ls | wc");
    expect(wishAgain(job([], { argv: ["df", "/my disk"] })).command).toBe("df '/my disk'");
    expect(wishAgain(job([], { kind: "python", args: ["a b"] }))).toMatchObject({ kind: "python", args: "'a b'" });
  });
});

it.each([
  [{ exit: 0 }, ""],
  [{ exit: 3 }, "exit 3"],
  [{ exit: null, signal: 9, reason: "no memory" }, "signal 9: no memory"],
  [{ reason: "its owner does not allow it" }, "its owner does not allow it"],
])("%o in words is %s", (part, words) => expect(outcome(part)).toBe(words));
