import { expect, test } from "vitest";
import { expand, fold, unfold } from "./names";

test("numbers are gathered with their leading zeros", () => {
  expect(fold(["demo-02", "demo-01", "demo-03", "demo-07", "nas"])).toBe("demo-[01-03,07],nas");
});

test("99 is followed by 100 only without leading zeros", () => {
  expect(fold(["pi-99", "pi-100"])).toBe("pi-[99-100]");
  expect(fold(["pi-099", "pi-100"])).toBe("pi-[099-100]");
  expect(fold(["pi-09", "pi-10", "pi-100"])).toBe("pi-[09-10,100]");
});

test("what was folded comes back", () => {
  const names = ["a1b", "a2b", "a10b", "rack-1-07", "rack-1-08", "rack-2-08", "nas", "0", "x.y:z@w"];
  expect(unfold(fold(names)).sort()).toEqual([...names].sort());
});

test("several sets in one part are written out", () => {
  expect(expand("r[1-2]-[08-09]")).toEqual(["r1-08", "r1-09", "r2-08", "r2-09"]);
});

test("a text that stands for too much stands for nothing", () => {
  expect(unfold("a[0-99999]")).toEqual([]);
  expect(unfold("a[9-1]")).toEqual([]);
});
