import { expect, test } from "vitest";
import { read, written } from "./address";

test("an address is read, and what it does not know is left aside", () => {
  const seen = read(
    new URLSearchParams("find=tag:demo&status=down,warn&view=seats&sort=-cpu&sel=pi-[1-3]&add=board"),
    "table",
  );
  expect(seen).toMatchObject({ find: "tag:demo", status: ["down", "warn"], view: "seats", sort: "-cpu", add: "board" });
  expect([...seen.selected]).toEqual(["pi-1", "pi-2", "pi-3"]);
  const odd = read(new URLSearchParams("view=map&add=x"), "cards");
  expect(odd).toMatchObject({ view: "cards", add: null, status: [], find: "" });
});

test("what changes is written, what is nothing goes, the rest stays", () => {
  const before = new URLSearchParams("find=x&other=1&sel=a");
  const after = written(before, { find: "", selected: new Set(["pi-2", "pi-1"]), view: "cards" });
  expect(Object.fromEntries(after)).toEqual({ other: "1", sel: "pi-[1-2]", view: "cards" });
  expect(written(after, { selected: new Set() }).has("sel")).toBe(false);
});
