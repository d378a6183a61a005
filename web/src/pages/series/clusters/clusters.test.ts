import { describe, expect, it } from "vitest";
import type { Cluster } from "~/api/types";
import { inWords, NONE, named } from "./model";
import { along, axisOf, nearest } from "./plane";
import { SHAPES, shapePath } from "./shapes";

const cluster = (label: number, more: Partial<Cluster>): Cluster => ({
  label,
  count: 10,
  avg_power_active_w: 100,
  avg_power_reactive_var: 1,
  avg_power_apparent_va: 101,
  avg_line_current_a: 0.5,
  avg_line_voltage_v: 230,
  ...more,
});

describe("clusters", () => {
  it("are named by what tells them apart, the largest first", () => {
    const found = named([
      cluster(NONE, { count: 500 }),
      cluster(0, { avg_power_active_w: 1748 }),
      cluster(1, { count: 30 }),
      cluster(2, { avg_line_current_a: 4 }),
    ]);
    expect(found.map((one) => one.name)).toEqual(["100 W · 0.5 A", "1748 W", "100 W · 4 A", "in no cluster"]);
    expect(found.map((one) => one.place)).toEqual([0, 1, 2, NONE]);
    expect(inWords(found)).toContain("3 clusters. 100 W · 0.5 A: 30 events;");
  });
  it("that are equal in all keep their numbers", () => {
    expect(named([cluster(3, {}), cluster(4, {})])[1]?.name).toContain("no. 4");
  });
});

it("each cluster has a shape of its own", () => {
  const all = Array.from({ length: SHAPES }, (_, place) => shapePath(place));
  expect(new Set([...all, shapePath(NONE)]).size).toBe(SHAPES + 1);
});

describe("a plane", () => {
  it("has round ends around its points", () => {
    const axis = axisOf([0.13, 7.36], 6);
    expect([axis.low, axis.high]).toEqual([0, 8]);
    expect(along(axis, 4)).toBe(0.5);
  });
  it("has a size even for one point", () => {
    const { low, high } = axisOf([230]);
    expect(low < 230 && high > 230).toBe(true);
    expect(axisOf([]).ticks).toHaveLength(2);
  });
  it("tells which point is meant", () => {
    expect(nearest([0, 10], [0, 0], [9, 1], 5)).toBe(1);
    expect(nearest([0, 10], [0, 0], [50, 50], 5)).toBeNull();
  });
});
