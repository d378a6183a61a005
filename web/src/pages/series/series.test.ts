import { describe, expect, it } from "vitest";
import { families } from "./begin";
import { asGlob, type Choices, chosen, literal, searchOf } from "./choices";
import { wrongIn } from "./notes";
import { earlier, panels } from "./panels";
import { energyOf } from "./stats";
import { commandOf, exportOf, notebookOf } from "./takeaway";

const usual = chosen(new URLSearchParams());
const NOW = Date.UTC(2026, 10, 21, 12) * 1000;

describe("the address", () => {
  it("says what is chosen, and nothing that is usual", () => {
    const choices: Choices = { ...usual, match: ["bench/*", "a b/c"], ids: [7], range: "30d", shift: "1d" };
    expect(searchOf(usual).toString()).toBe("");
    expect(chosen(new URLSearchParams(searchOf(choices).toString()))).toEqual(choices);
  });
  it("that is wrong does no harm", () => {
    const wrong = new URLSearchParams("match=&id=x&id=-1&range=soon&step=0&fn=drop&group=1&shift=ever");
    expect(chosen(wrong)).toEqual(usual);
  });
});

it("names are globs that fit only themselves", () => {
  expect(literal("a[1]*?")).toBe("a[[]1][*][?]");
  expect([asGlob("temp"), asGlob("rig-*/temp"), asGlob(" ")]).toEqual(["*temp*", "rig-*/temp", ""]);
});

describe("charts", () => {
  const told = (id: number, node: string, name: string, unit: string) => ({ id, node, name, unit, labels: {} });
  const series = [told(1, "a", "temp", "°C"), told(2, "b", "temp", "°C"), told(3, "a", "hum", "%")];
  const lines = series.map(({ id, unit, name }) => ({ id: String(id), label: name, unit, at: [1], value: [1] }));
  it.each([
    ["unit", ["temp", "hum"]],
    ["node", ["a", "b", "a"]],
    ["name", ["temp", "hum"]],
    ["each", ["temp", "temp", "hum"]],
  ] as const)("by %s never have two units", (group, titles) => {
    const found = panels(lines, series, group);
    expect(found.map((panel) => panel.title)).toEqual(titles);
    for (const panel of found) expect(new Set(panel.lines.map((line) => line.unit)).size).toBe(1);
  });
  it("compare a line with itself of before", () => {
    const [old] = earlier(lines.slice(0, 1), "1d");
    expect(old).toMatchObject({ id: "1<1d", label: "temp · the day before", faint: true });
    const each = panels([old as never, ...lines.slice(0, 1)], [series[0] as never, series[0] as never], "each");
    expect(each).toHaveLength(1);
  });
});

describe("elsewhere", () => {
  const choices: Choices = { ...usual, match: ["bench/*", "it's"], step: "1m", fn: "band" };
  it("the terminal is asked the same, quoted", () => {
    const line = commandOf(choices, choices.match, NOW, false);
    expect(line).toBe(`wacket series get 'bench/*' 'it'\\''s' --since 1h --step 1m --fn mean --csv`);
  });
  it("files have what is seen, or every reading", () => {
    expect(exportOf(choices, "csv", NOW, true)).toContain("step=1m&fn=band&format=csv");
    expect(exportOf(choices, "csv", NOW, true, true)).not.toContain("step");
    expect(exportOf({ ...choices, range: "yesterday" }, "parquet", NOW, true)).toContain(
      "since=2026-11-20T00%3A00%3A00Z",
    );
  });
  it("a notebook never has the token in its text", () => {
    const text = notebookOf(choices, "http://lab:8080", NOW, true);
    expect(text).toContain('os.environ["WACKET_TOKEN"]');
    expect(text).toContain("format=parquet");
  });
});

it("power has energy", () => {
  expect(energyOf({ unit: "W", integral: 8400 })).toBe("8.4 kWh");
  expect(energyOf({ unit: "kW", integral: 0.25 })).toBe("250 Wh");
  expect(energyOf({ unit: "°C", integral: 5 })).toBeNull();
});

it("notes that cannot be are not sent", () => {
  expect(wrongIn({ at: 1, until: null, text: "fan on" })).toBe("");
  expect(wrongIn({ at: 2, until: 1, text: "x" })).toContain("end before");
  expect(wrongIn({ at: 1, until: null, text: " " })).toContain("text");
});

it("names stand in families, what stands alone first", () => {
  const names = ["cpu.idle", "cpu.irq", "cpu.user", "co2.hall", "temp"].map((name) => ({
    name,
    unit: "",
    series: 1,
    nodes: 1,
    labels: [],
    example: null,
  }));
  const found = families(names as never);
  expect(found.map((one) => [one.title, one.names.length])).toEqual([
    ["Sensors and programs", 2],
    ["cpu", 3],
  ]);
});
