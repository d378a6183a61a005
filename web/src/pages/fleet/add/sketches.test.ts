import { expect, test } from "vitest";
import type { About } from "~/api/types";
import { nodeName, sketches, waysOf } from "./sketches";

const door = (name: string, port: number, reach: "machine" | "network") => ({ door: name, host: "x", port, reach });
const about = (...doors: ReturnType<typeof door>[]) =>
  ({ doors, agents: "https://192.168.1.5:8443", network_addresses: ["192.168.1.5"] }) as unknown as About;

test("a hub that listens to its own machine only says so, and its own address is in the lines", () => {
  const ways = waysOf(about(door("http", 8080, "machine"), door("tcp", 8090, "machine")));
  expect(ways).toEqual({ host: "127.0.0.1", tcp: 8090, http: "http://127.0.0.1:8080", alone: true });
});

test("on the network the true address and ports are in every line", () => {
  const ways = waysOf(about(door("http", 8181, "network"), door("tcp", 8191, "network")));
  expect(ways.alone).toBe(false);
  const texts = sketches(ways, "shed");
  expect(texts.map((one) => one.id)).toEqual(["tcp", "http", "arduino", "micropython"]);
  for (const { text } of texts)
    expect(text).toMatch(/192\.168\.1\.5.*81[89]1[\s\S]*shed|shed[\s\S]*192\.168\.1\.5.*8191/);
});

test("a door that is closed is not told", () => {
  const ways = waysOf(about(door("https", 8443, "network")));
  expect(sketches(ways, "").map((one) => one.id)).toEqual(["http"]);
  expect(sketches(ways, "")[0]?.text).toContain("https://192.168.1.5:8443/");
});

test("a name needs no quotes", () => {
  expect(nodeName("bench'3; rm -rf /")).toBe("bench-3--rm--rf--");
  expect(nodeName("--x")).toBe("x");
});
