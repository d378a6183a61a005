import { expect, test } from "vitest";
import type { FleetRow } from "~/live/wire";
import { formerOf } from "./former";

const row = (name: string, presence: string, agent = "0.1") => ({ name, presence, agent }) as FleetRow;

test("only a machine that is not there may have been replaced", () => {
  const rows = [row("pi-11", "down"), row("pi-12", "up"), row("pi-13", "down", "")];
  expect(formerOf({ name: "pi-11-2", host: "pi-11" }, rows)).toBe("pi-11");
  expect(formerOf({ name: "pi-11-2", host: "other" }, rows)).toBe("pi-11");
  expect(formerOf({ name: "pi-12-2", host: "pi-12" }, rows)).toBe("");
  expect(formerOf({ name: "pi-13-2", host: "pi-13" }, rows)).toBe("");
  expect(formerOf({ name: "nas", host: "nas" }, rows)).toBe("");
});
