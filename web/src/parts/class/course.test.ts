import { expect, it } from "vitest";
import type { Transition } from "~/api/types";
import { lastCourse, seconds } from "./course";

const move = (after: number, at: string): Transition => ({
  id: 1,
  at,
  command: "",
  before: 0,
  after,
  value: "",
  peer: "",
});

it("tells how long each step of the last run took, and nothing of the run before", () => {
  const moves = [
    move(3, "2026-11-21T08:30:09.300Z"),
    move(2, "2026-11-21T08:30:00.200Z"),
    move(1, "2026-11-21T08:30:00Z"),
    move(0, "2026-11-21T08:29:00Z"),
    move(1, "2026-11-21T08:28:00Z"),
  ];
  expect(lastCourse(moves).map(({ state, after }) => [state, after && seconds(after)])).toEqual([
    [1, null],
    [2, "0.2 s"],
    [3, "9.1 s"],
  ]);
  expect(lastCourse([])).toEqual([]);
});
