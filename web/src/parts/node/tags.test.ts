import { expect, test } from "vitest";
import { readTags } from "./tags";

test("a tag has a value or none, and an empty one is none", () => {
  expect(readTags(["demo", "room = lab 2", "a=b=c", "=x", " "])).toEqual({ demo: "", room: "lab 2", a: "b=c" });
});
