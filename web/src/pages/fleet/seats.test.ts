import { expect, test } from "vitest";
import { across } from "./seats";

const tops = [0, 0, 0, 40, 40]; // three in a row, two in the next

test("arrows walk over the grid and stop at its edges", () => {
  expect(across("ArrowRight", 0, tops)).toBe(1);
  expect(across("ArrowRight", 4, tops)).toBe(-1);
  expect(across("ArrowLeft", 0, tops)).toBe(-1);
  expect(across("ArrowDown", 1, tops)).toBe(4);
  expect(across("ArrowDown", 2, tops)).toBe(-1);
  expect(across("ArrowUp", 4, tops)).toBe(1);
  expect(across("ArrowUp", 1, tops)).toBeLessThan(0);
  expect([across("Home", 3, tops), across("End", 0, tops)]).toEqual([0, 4]);
  expect(across("a", 1, tops)).toBe(-1);
});
