import { describe, expect, it } from "vitest";
import type { SeriesInfo } from "~/api/types";
import { disks, labelOf, panels } from "./panels";
import { hue } from "./tint";

let next = 1;
const series = (name: string, labels: Record<string, string> = {}, more: Partial<SeriesInfo> = {}): SeriesInfo => ({
  id: next++,
  node: "pi-11",
  name,
  labels,
  unit: "",
  adopted: true,
  at: null,
  value: null,
  period: null,
  ...more,
});

describe("the charts of a node", () => {
  it("begin with the usual ones, the whole machine's processor and not each core's", () => {
    const found = panels([series("load.1m"), series("cpu.percent", { core: "0" }), series("cpu.percent")]);
    expect(found.map((panel) => [panel.title, panel.series.length])).toEqual([
      ["Processor", 1],
      ["Load", 1],
    ]);
    expect(found[0]).toMatchObject({ least: 0, most: 100 });
  });

  it("have one for each thing that a board or a new collector tells", () => {
    const found = panels([
      series("temperature", {}, { unit: "°C" }),
      series("rain.mm", { roof: "north" }),
      series("rain.mm", { roof: "south" }),
      series("humidity", {}, { unit: "%" }),
    ]);
    expect(found.map((panel) => [panel.title, panel.series.length, panel.most])).toEqual([
      ["Temperature", 1, undefined],
      ["Rain mm", 2, undefined],
      ["Humidity", 1, 100],
    ]);
  });
});

it("each disk stands by itself, the fullest first", () => {
  const found = disks([
    series("disk.used_percent", { mount: "/" }, { value: 40 }),
    series("disk.used_percent", { mount: "/data" }, { value: 94 }),
    series("disk.free_bytes", { mount: "/data" }, { value: 6e9 }),
    series("disk.used_percent", { mount: "/gone" }),
  ]);
  expect(found.map((disk) => [disk.mount, disk.used, disk.free])).toEqual([
    ["/data", 94, 6e9],
    ["/", 40, null],
  ]);
});

it("a series is told apart by its labels", () => {
  expect(labelOf(series("a"))).toBe("a");
  expect(labelOf(series("a", { b: "1", c: "2" }))).toBe("a {b=1, c=2}");
});

it("a node has the same colour everywhere", () => {
  expect(hue("pi-11")).toBe(hue("pi-11"));
  expect(hue("pi-11")).not.toBe(hue("pi-12"));
});
