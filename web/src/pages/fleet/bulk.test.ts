import { expect, test } from "vitest";
import { failures } from "./bulk";

const not = (name: string) => ({ name, ok: false, why: "no such node" });

test("what could not be done is named, a few of many", () => {
  expect(failures([{ name: "a", ok: true, why: "" }])).toBe("");
  expect(failures([{ name: "a", ok: true, why: "" }, not("b")])).toBe("1 of 2 not done: b: no such node");
  expect(failures(["a", "b", "c", "d", "e"].map(not))).toMatch(/^5 of 5 not done: a: .*; c: no such node; and 2 more$/);
});
