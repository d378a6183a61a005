import { expect, it } from "vitest";
import { flat, type Health, troubles } from "./health";

const health = (history: Partial<Health["history"]>) =>
  ({ history: { ok: true, trouble: "", damage: [], clock: "", ...history } }) as unknown as Health;

it("a hub that is well has no troubles", () => expect(troubles(health({}))).toEqual([]));

it("troubles come with the worst first", () => {
  expect(
    troubles(health({ trouble: "the disk is full", damage: ["a.parquet", "b"], clock: "off by an hour" })),
  ).toEqual(["the disk is full", "some of what is kept is damaged: a.parquet", "off by an hour"]);
});

it("counts are lines, whatever they are nested in", () => {
  expect(flat({ a: 1, b: { c: true, d: "x", e: null }, f: [] })).toEqual([
    ["a", 1],
    ["b.c", 1],
  ]);
});
