import { expect, it } from "vitest";
import type { OwnHardware } from "~/api/types";
import { goesOn, hindrance, mayTakeBack } from "./words";

const own = (more: Partial<OwnHardware>) =>
  ({ state: 0, word: "rest", own: true, waits: "", before: 0, since: 1, ...more }) as OwnHardware;

it("says what is waited for, and who can do something about it", () => {
  expect(goesOn(own({ state: 1, word: "requested", waits: "queue", before: 2 }))).toBe("2 programs go first.");
  expect(goesOn(own({ state: 1, word: "requested", waits: "board" }))).toContain("waits for your board");
  expect(goesOn(own({ state: 2, word: "stuck", own: false }))).toContain("Tell your teacher");
});

it("offers only what the hub would allow", () => {
  expect([hindrance(own({})), hindrance(own({ state: 3 }))]).toEqual(["", ""]);
  expect(hindrance(own({ state: 3, own: false }))).toContain("teacher");
  expect(hindrance(own({ state: 2 }))).toContain("One program at a time");
  expect([mayTakeBack(own({ state: 2 })), mayTakeBack(own({ state: 2, own: false }))]).toEqual([true, false]);
});
