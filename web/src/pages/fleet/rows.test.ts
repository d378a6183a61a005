import { expect, test } from "vitest";
import type { FleetRow } from "~/live/wire";
import { byName, calm, counted, rank, same, troubled } from "./rows";

const row = (name: string, status: string, ...words: string[]) =>
  ({ name, status, problems: words.map((word) => ({ level: "warn", word, text: word })) }) as FleetRow;

test("states are counted, the worst first", () => {
  const rows = [row("a", "up"), row("b", "down"), row("c", "up"), row("d", "odd")];
  expect(counted(rows)).toEqual([
    { status: "down", count: 1 },
    { status: "up", count: 2 },
  ]);
  expect(rank(row("d", "odd"))).toBeGreaterThan(rank(row("c", "off")));
});

test("what is down comes before what has many problems; what is off is no problem", () => {
  const rows = [row("pi-10", "warn", "disk"), row("pi-9", "warn", "disk"), row("nas", "warn", "disk", "memory")];
  const found = troubled([...rows, row("z", "down", "down"), row("o", "off", "disk"), row("u", "up")]);
  expect(found.map((one) => one.row.name)).toEqual(["z", "nas", "pi-9", "pi-10"]);
});

test("names are in the order that people count in", () => {
  expect([row("pi-10", ""), row("pi-9", "")].sort(byName).map((one) => one.name)).toEqual(["pi-9", "pi-10"]);
});

test("a calm order keeps its places, loses what is gone, and puts new ones behind their neighbours", () => {
  expect(calm(["c", "a", "b"], ["a", "b", "c"])).toEqual(["c", "a", "b"]);
  expect(calm(["c", "a", "b"], ["a", "b"])).toEqual(["a", "b"]);
  expect(calm(["c", "a"], ["n", "a", "m", "c"])).toEqual(["n", "c", "a", "m"]);
  expect(calm([], ["x", "y"])).toEqual(["x", "y"]);
  expect(same(["a"], ["a"])).toBe(true);
  expect(same(["a"], ["b"])).toBe(false);
});
