import { expect, test } from "vitest";
import { after, boardsFirst, DONE, KINDS, placeIn, resumed, STEPS } from "./steps";

test("at most four steps, one after the other, to the end", () => {
  expect(STEPS.length).toBeLessThanOrEqual(4);
  expect(STEPS.map(after)).toEqual(["place", "chart", "add", DONE]);
});

test("it goes on where it was, and neither before there is an account nor after its end", () => {
  expect(resumed("chart")).toBe("chart");
  for (const over of ["start", "you", "done", "", "odd"]) expect(resumed(over)).toBeNull();
});

test("every kind of place is offered once", () => {
  expect(new Set(KINDS.map((one) => one.kind)).size).toBe(KINDS.length);
  expect(KINDS.filter(({ kind }) => boardsFirst(kind)).map((one) => one.kind)).toEqual(["home", "workshop"]);
});

test.each([
  ["/series/1", "/series/1"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  [null, "/"],
])("a link to %s leads to %s", (to, place) => expect(placeIn(to)).toBe(place));
