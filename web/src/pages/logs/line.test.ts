import { describe, expect, it } from "vitest";
import { hiding, narrowed } from "./acts";
import { asText } from "./astext";
import { highestOf, parts, rangeOf, summary } from "./bars";
import { filterOf } from "./filter";
import { beside, documentIn, fewWords, folded, levelOf } from "./line";
import { line } from "./sample";
import { field, instant } from "./span";

describe("a line", () => {
  it("has the word of its number", () => {
    expect([0, 1, 4, 5, 9, 13, 17, 24, 25].map(levelOf)).toEqual([
      "",
      "trace",
      "trace",
      "debug",
      "info",
      "warn",
      "error",
      "fatal",
      "",
    ]);
  });

  it("is folded to its first line", () => {
    expect(folded("one\r\ntwo\nthree\n", 100)).toEqual({ first: "one", more: 2, cut: false });
    expect(folded("x".repeat(50), 10)).toEqual({ first: "x".repeat(10), more: 0, cut: true });
    expect(folded("", 10)).toEqual({ first: "", more: 0, cut: false });
    expect(folded("\n".repeat(1_000_000), 10).more).toBe(1_000);
  });

  it("tells in few words what came with it, and not twice what is shown", () => {
    expect(fewWords({ message: "x", level: "info", valve: 4, at: 1, deep: { a: [1] } })).toBe(
      'valve=4  deep={"a":[1]}',
    );
    expect(fewWords("plain")).toBe("plain");
    expect(fewWords({ long: "y".repeat(1000) }).length).toBeLessThan(130);
    expect(beside(line(1, undefined, { body: "x", attrs: { message: "x", valve: 4 } }))).toEqual({ valve: 4 });
    expect(beside(line(1, undefined, { attrs: {} }))).toBeNull();
  });

  it("holds a document only where it is one", () => {
    expect(documentIn(' {"a": [1]}')).toEqual({ a: [1] });
    expect(documentIn("{broken")).toBeNull();
    expect(documentIn("12")).toBeNull();
  });

  it("is pasted as text that hides nothing", () => {
    const text = asText(line(1, undefined, { severity: 17, body: "a\u202eb\u001b[31mc" }));
    expect(text).toBe("2026-11-21T12:00:00.001000Z rig-3 [valve] ERROR a‹U+202E›bc");
  });

  it("narrows what is seen", () => {
    const all = filterOf(new URLSearchParams("hide=cron"));
    const one = line(1, undefined, { severity: 14 });
    expect(narrowed(all, one, "level").level).toBe("warn");
    expect(narrowed(all, one, "source")).toMatchObject({ source: "valve", hide: [] });
    expect(hiding(all, one, "source").hide).toEqual(["cron", "valve"]);
    expect(hiding(all, one, "node").on).toBe("*,!rig-3");
  });
});

describe("lines over time", () => {
  const by = (error: number, warn: number, info: number) => ({ error, warn, info, debug: 0 });
  const counts = [
    { at: 0, total: 100, by: by(1, 0, 99) },
    { at: 10, total: 0, by: by(0, 0, 0) },
    { at: 20, total: 50, by: by(0, 50, 0) },
  ];
  const buckets = { begin_us: 0, step_us: 10, partial: false, counts };

  it("show one error among a hundred lines", () => {
    const bars = parts(counts[0] as (typeof counts)[0], highestOf(counts));
    expect(bars[0]).toMatchObject({ level: "error", from: 0, to: 0.04 });
    expect(bars.at(-1)?.to).toBe(1);
  });

  it("are a range from the first to the end of the last, whichever way it was dragged", () => {
    expect(rangeOf(buckets, 2, 0)).toEqual([0, 30]);
    expect(rangeOf(buckets, 1, 1)).toEqual([10, 20]);
    expect(rangeOf(buckets, -5, 99)).toEqual([0, 30]);
  });

  it("are told in words", () => {
    expect(summary(buckets)).toBe("150 lines: 1 error, 50 warn, 99 info");
    expect(summary({ ...buckets, counts: [] })).toBe("No lines");
  });
});

it("a range that is typed comes back as it was", () => {
  expect(instant("2026-11-21T12:30:05", true)).toBe("2026-11-21T12:30:05.000Z");
  expect(field("2026-11-21T12:30:05.000Z", true)).toBe("2026-11-21T12:30:05");
  expect(field("24h", true)).toBe("");
  expect(instant("", false)).toBe("");
});
