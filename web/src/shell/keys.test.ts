import { describe, expect, it, vi } from "vitest";
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
  class HTMLElement {
    isContentEditable = false;
    constructor(readonly tagName: string) {}
  }
  vi.stubGlobal("HTMLElement", HTMLElement);
  const field = (name: string) => isField(new HTMLElement(name) as unknown as EventTarget);
  expect([field("TEXTAREA"), field("INPUT"), field("BUTTON"), isField(null)]).toEqual([true, true, false, false]);
  vi.unstubAllGlobals();
});
