// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { isField, nameOf } from "./keys";

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe("a key", () => {
  it.each([
    [press("F"), "f"],
    [press("?"), "?"],
    [press("k", { ctrlKey: true }), "mod+k"],
    [press("K", { metaKey: true }), "mod+k"],
    [press("f", { altKey: true }), ""],
    [press("Shift"), ""],
    [press("Enter"), "Enter"],
  ])("is called %s", (name, expected) => expect(name).toBe(expected));
});

it("in a field keys are letters", () => {
  expect(isField(document.createElement("textarea"))).toBe(true);
  expect(isField(document.createElement("button"))).toBe(false);
  expect(isField(null)).toBe(false);
});
