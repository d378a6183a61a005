import { describe, expect, it } from "vitest";
import { ago, bytes, count, DAY, digits, HOUR, MINUTE, microseconds, moment, SECOND, span, value } from "./words";

describe("an age", () => {
  it.each([
    [0, "now"],
    [4 * SECOND, "now"],
    [-4 * SECOND, "now"],
    [12 * SECOND, "12 s ago"],
    [59.9 * SECOND, "59 s ago"],
    [4 * MINUTE, "4 min ago"],
    [3.9 * HOUR, "3 h ago"],
    [12 * DAY, "12 d ago"],
    [-2 * HOUR, "in 2 h"],
  ])("of %d µs is %s", (age, text) => expect(ago(1e15 - age, 1e15)).toBe(text));

  it("is never counted up to the next unit before it is over", () => expect(span(2 * HOUR - 1)).toBe("1 h"));
});

describe("microseconds", () => {
  it.each([
    ["2026-11-21T12:00:00Z", 1795262400000000],
    ["2026-11-21T12:00:00.123456Z", 1795262400123456],
    ["2026-11-21T12:00:00.5Z", 1795262400500000],
  ])("of %s", (iso, at) => expect(microseconds(iso)).toBe(at));

  it("of what is no time are no number", () => expect(microseconds("x")).toBeNaN());
});

describe("a value", () => {
  it.each([
    [21.4321, "°C", "21.4 °C"],
    [0, "%", "0 %"],
    [100, "%", "100 %"],
    [-2.71999, "", "-2.72"],
    [1234567, "B", "1.23 MB"],
    [999, "B/s", "999 B/s"],
    [null, "W", "–"],
    [1, "\u202eW", "1 ‹U+202E›W"],
    [Number.NaN, "W", "–"],
  ])("%s %s is shown as %s", (number, unit, text) => expect(value(number, unit)).toBe(text));

  it("too large or too small for digits has an exponent", () => {
    expect(digits(1.5e12)).toBe("1.50e+12");
    expect(digits(0.00001)).toBe("1.00e-5");
    expect(bytes(-2_500)).toBe("-2.5 kB");
  });
});

it("counts in words", () => {
  expect([count(1, "node"), count(1200, "node"), count(0, "entry", "entries")]).toEqual([
    "1 node",
    "1,200 nodes",
    "0 entries",
  ]);
});

it("a moment that is none is a dash", () => expect(moment(Number.NaN)).toBe("–"));
it("a moment in UTC says so", () => expect(moment(1795262400000000, true)).toBe("2026-11-21 12:00:00 UTC"));
