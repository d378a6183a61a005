import { describe, expect, it } from "vitest";
import { clockIn, together, understood } from "./wire";

describe("a message", () => {
  it.each([["x"], ["[1]"], ["null"], ["7"], [new ArrayBuffer(2)], [undefined]])(
    "that is none is left out: %s",
    (text) => {
      expect(understood(text)).toBeNull();
    },
  );

  it("is what it says", () => {
    expect(understood('{"lost": 3}')).toEqual({ lost: 3 });
  });
});

it("of two who want logs the last is heard", () => {
  expect(together([{ logs: { find: "a" } }, { series: [2, 1] }, { logs: { find: "b" }, series: [2] }])).toEqual({
    logs: { find: "b" },
    series: [1, 2],
  });
});

it("the number of seconds between beats is no clock", () => {
  expect(clockIn({ cursor: 1, beat: 2 })).toBeNull();
  expect(clockIn({ beat: 1.8e15 })).toBe(1.8e15);
  expect(clockIn({ cursor: 1, now: 1.8e15, beat: 2 })).toBe(1.8e15);
});
