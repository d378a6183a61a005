import { expect, it } from "vitest";
import { layout } from "./layout";

it("fills the wall", () => {
  expect(layout(1, 1920, 900)).toEqual({ columns: 1, chart: 800 });
  expect(layout(4, 1920, 900)).toEqual({ columns: 2, chart: 344 });
  expect(layout(9, 1920, 1000).columns).toBe(3);
});

it("never draws a chart that cannot be read", () => {
  expect(layout(8, 360, 640)).toEqual({ columns: 1, chart: 120 });
  expect(layout(0, 0, 0).chart).toBe(120);
});
