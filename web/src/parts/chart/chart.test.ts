import { describe, expect, it } from "vitest";
import { aligned, alone } from "./align";
import { linesOf } from "./answer";
import { timeTexts, valueRange, valueTexts } from "./axes";
import { curve } from "./curve";
import { gather, growing, trim } from "./gather";
import { stretched } from "./gestures";
import { COLOURS, contrast, GREY, GROUND, type Scheme, strokes } from "./palette";
import { places } from "./places";
import { between, bounds, isRange } from "./range";
import type { Line } from "./shape";
import { summary } from "./summary";

const line = (more: Partial<Line>): Line => ({
  id: "1",
  label: "pi-11 · temp",
  unit: "°C",
  at: [],
  value: [],
  ...more,
});

describe("palette", () => {
  it.each(["light", "dark"] as Scheme[])("is seen on the %s ground", (scheme) => {
    for (const one of [...COLOURS[scheme], GREY[scheme]])
      expect(contrast(one, GROUND[scheme])).toBeGreaterThanOrEqual(3);
  });
  it("colours six, and faint ones take none", () => {
    const looks = strokes([{ faint: true }, ...Array(7).fill({})], "light");
    expect(new Set(looks.map((one) => one.colour)).size).toBe(7);
    expect(looks[0]?.colour).toBe(GREY.light);
    expect(looks[7]?.colour).toBe(GREY.light);
  });
});

describe("columns", () => {
  it("go through moments of others, and not through gaps", () => {
    const one = line({ at: [1000, 3000], value: [1, null] });
    const other = line({ id: "2", at: [2000, 3000], value: [5, 6] });
    expect(aligned([one, other])).toEqual([
      [1, 2, 3],
      [1, null, null],
      [undefined, 5, 6],
    ]);
  });
  it("have gaps that reach from value to value", () => {
    const one = line({ at: [1, 3, 7], value: [1, null, 2] });
    const other = line({ id: "2", at: [2, 4, 5, 8], value: [1, 2, 3, 4] });
    expect(aligned([one, other])[1]).toEqual([1, null, null, null, null, 2, undefined]);
  });
  it("have the bands first", () => {
    expect(aligned([line({ at: [1000], value: [2], low: [1], high: [3] })])).toEqual([[1], [1], [3], [2]]);
  });
  it("show what stands alone between gaps", () => {
    expect(alone([1, null, 2, undefined, null, 3, undefined, 4])).toEqual([0, 2]);
  });
});

describe("axes", () => {
  it("begin at zero for shares, and not for temperatures", () => {
    expect(valueRange(20, 40, { unit: "%" })[0]).toBe(0);
    expect(valueRange(20, 40, { unit: "°C" })[0]).toBeGreaterThan(10);
  });
  it("keep to their ends, but show what is beyond", () => {
    expect(valueRange(97, 99, { unit: "%", least: 0, most: 100 })[1]).toBeLessThanOrEqual(100);
    expect(valueRange(97, 130, { unit: "%", least: 0, most: 100 })[1]).toBeGreaterThanOrEqual(130);
  });
  it("have a height even where all is the same", () => {
    const [from, to] = valueRange(0, 0, { unit: "%" });
    expect(to).toBeGreaterThan(from);
  });
  it("show as many places as they need", () => {
    expect(valueTexts([0, 0.25, 0.5], "V")).toEqual(["0.00", "0.25", "0.50"]);
    expect(valueTexts([0, 5, 10], "V")).toEqual(["0", "5", "10"]);
    expect(valueTexts([0, 2e9], "B")).toEqual(["0 B", "2 GB"]);
  });
  it("say the date where a day begins", () => {
    const midnight = Date.UTC(2026, 10, 21);
    expect(timeTexts([midnight - 3_600_000, midnight], 3_600_000, true)[1]).toBe("00:00\n21 Nov");
    expect(timeTexts([midnight + 90_000], 30_000, true)).toEqual(["00:01:30"]);
  });
});

describe("what arrives", () => {
  it("is gathered into its step", () => {
    const one = growing(line({ at: [0], value: [10] }), 60);
    expect(gather(one, 30, 20, 60, "mean")).toBe(true);
    expect(gather(one, 61, 7, 60, "mean")).toBe(true);
    expect([one.at, one.value]).toEqual([
      [0, 60],
      [15, 7],
    ]);
  });
  it("is there once", () => {
    const one = growing(line({ at: [10, 20], value: [1, 2] }), 0);
    expect(gather(one, 20, 2, 0, "mean")).toBe(false);
    expect(gather(one, 15, 2, 0, "mean")).toBe(false);
    expect(one.at).toEqual([10, 20]);
  });
  it("leaves a gap where nothing came for long", () => {
    const one = growing(line({ at: [10, 20, 30], value: [1, 2, 3] }), 0);
    gather(one, 100, 4, 0, "mean");
    expect(one.value).toEqual([1, 2, 3, null, 4]);
  });
  it("pushes out what is no longer seen, but for the point before", () => {
    const at = Array.from({ length: 200 }, (_, row) => row);
    const one = growing(line({ at, value: [...at] }), 0);
    trim(one, 150);
    expect(one.at[0]).toBe(149);
    expect(one.value[0]).toBe(149);
  });
});

describe("an answer", () => {
  const told = { id: 7, node: "rig-3", name: "temp", labels: {}, unit: "°C" };
  it("of points is broken where steps are missing", () => {
    const [one] = linesOf({
      step_us: 10,
      series: [
        {
          ...told,
          points: [
            [0, 1],
            [10, 2],
            [90, 3],
          ],
        },
      ],
    });
    expect(one?.value).toEqual([1, 2, null, 3]);
  });
  it("is named by what differs", () => {
    const other = { ...told, id: 8, node: "rig-4", labels: { place: "top" }, at: [], value: [] };
    expect(linesOf({ step_us: 0, series: [told, other] }).map((one) => one.label)).toEqual(["rig-3", "rig-4 · top"]);
  });
});

it("a chart in words", () => {
  const text = summary([line({ at: [1, 2, 3], value: [20, null, 25] }), line({ label: "b", value: [null] })]);
  expect(text).toBe("pi-11 · temp: 20 to 25 °C, last 25 °C, rising. b: no data.");
});

it("labels do not lie on each other", () => {
  expect(places([10, 12, 95], 15, 0, 100)).toEqual([10, 25, 95]);
  expect(places([99, 100], 15, 0, 100)).toEqual([85, 100]);
});

it("a small curve lifts its pen at gaps", () => {
  expect(curve([0, null, 1, 2], 10, 10).match(/M/g)).toHaveLength(2);
  expect(curve([null], 10, 10)).toBe("");
});

it("two fingers keep the moments under them", () => {
  expect(stretched({ from: 0, to: 100, places: [25, 75] }, [0, 100], 100)).toEqual([25, 75]);
});

describe("ranges", () => {
  const now = Date.UTC(2026, 10, 21, 12) * 1000;
  it("are understood and written", () => {
    expect(bounds("1h", now)).toEqual([now - 3_600_000_000, now]);
    expect(bounds(between(now - 5_000_000, now), now)).toEqual([now - 5_000_000, now]);
    expect(bounds("yesterday", now, true)[1]).toBe(Date.UTC(2026, 10, 21) * 1000);
  });
  it("that are none are refused", () => {
    for (const text of ["", "1", "x..y", "2026-01-02..2026-01-01"]) expect(isRange(text)).toBe(false);
  });
});
