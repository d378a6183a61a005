import { expect, test } from "vitest";
import { careful, crowds, inTerminal, partsOf, subnetOf } from "./ways";

const sum = "3f".repeat(32);
const line = `(f=$(mktemp) && curl -fsSko "$f" http://192.168.1.5:8080/agent/wacket-agent.pyz && echo "${sum}  $f" | sha256sum -c && echo wjt_x | python3 "$f" join http://192.168.1.5:8080)`;

test("the careful way has the address and checksum of the hub's line, and not its token", () => {
  const parts = partsOf(line);
  expect(parts).toEqual({ hub: "http://192.168.1.5:8080", checksum: sum });
  const steps = careful(parts as NonNullable<typeof parts>);
  expect(steps[2]).toBe(`sh install.sh http://192.168.1.5:8080 ${sum}`);
  expect(steps.join("\n")).not.toContain("wjt_");
  expect(partsOf("something else")).toBeNull();
});

test("the same in the terminal", () => {
  expect(inTerminal({ tags: {}, uses: 1, hours: 1, accept: false })).toBe("wacket token create");
  const all = inTerminal({ tags: { demo: "", room: "lab 2's" }, uses: 30, hours: 3, accept: true });
  expect(all).toBe(`wacket token create --tag demo --tag 'room=lab 2'\\''s' --uses 30 --hours 3 --accept`);
});

test("networks are told of IPv4 only, and of several", () => {
  expect(subnetOf("10.0.2.14")).toBe("10.0.2.0/24");
  expect(subnetOf("::ffff:10.0.2.14")).toBe("10.0.2.0/24");
  expect(subnetOf("fe80::1")).toBeNull();
  expect(crowds(["10.0.2.14", "10.0.2.15", "10.0.3.1", "fe80::1"])).toEqual([{ subnet: "10.0.2.0/24", count: 2 }]);
});
