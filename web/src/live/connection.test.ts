import { beforeEach, describe, expect, it } from "vitest";
import { Connection, type Outside, SILENCE } from "./connection";
import type { Told } from "./wire";

class FakeSocket {
  readyState = 0;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.();
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(told: Told): void {
    this.onmessage?.({ data: JSON.stringify(told) });
  }
}

class World implements Outside {
  time = 1_000_000;
  sockets: FakeSocket[] = [];
  private timers: { at: number; act: () => void }[] = [];

  open = () => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };
  now = () => this.time;
  random = () => 1;
  later = (ms: number, act: () => void) => {
    const timer = { at: this.time + ms, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  };
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.time = next.at;
      next.act();
    }
    this.time = end;
  }
  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }
}

let world: World;
let connection: Connection;
const nothing = () => {};

beforeEach(() => {
  world = new World();
  connection = new Connection(world);
});

describe("what is wanted", () => {
  it("is told together, once for all who begin in one turn", () => {
    connection.listen({ readings: ["b/*"] }, nothing);
    connection.listen({ readings: ["a/*"], fleet: true }, nothing);
    world.socket.open();
    world.pass(0);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.sent).toEqual([{ readings: ["a/*", "b/*"], fleet: true }]);
  });

  it("is told anew when somebody leaves, and the connection ends with the last", () => {
    const leave = connection.listen({ fleet: true }, nothing);
    const last = connection.listen({ changes: true }, nothing);
    world.socket.open();
    leave();
    world.pass(0);
    expect(world.socket.sent.at(-1)).toEqual({ changes: true });
    last();
    expect(world.socket.readyState).toBe(3);
    world.pass(60_000);
    expect(world.sockets).toHaveLength(1);
  });
});

describe("the beginning of a listener", () => {
  it("comes once for each connection, with the hub's answer", () => {
    let begun = 0;
    connection.listen({ fleet: true }, nothing, () => {
      begun += 1;
    });
    world.socket.open();
    world.socket.say({ cursor: 5, now: 2e12 });
    world.socket.say({ cursor: 6, now: 2e12 });
    expect(begun).toBe(1);
    world.socket.close();
    world.pass(10_000);
    world.socket.open();
    world.socket.say({ cursor: 9, now: 2e12 });
    expect(begun).toBe(2);
  });

  it("comes also to one who wants what is told already", () => {
    connection.listen({ fleet: true }, nothing);
    world.socket.open();
    world.socket.say({ cursor: 5, now: 2e12 });
    let begun = 0;
    connection.listen({ fleet: true }, nothing, () => {
      begun += 1;
    });
    world.pass(0);
    expect(world.socket.sent).toHaveLength(2);
    world.socket.say({ cursor: 6, now: 2e12 });
    expect(begun).toBe(1);
  });
});

describe("the loss of the hub", () => {
  it("is noticed when the connection ends, and passes by itself", () => {
    connection.listen({ changes: true }, nothing);
    world.socket.open();
    world.socket.say({ cursor: 1, now: 2e12 });
    expect(connection.link.state).toBe("live");
    world.socket.close();
    expect(connection.link.state).toBe("lost");
    world.pass(500);
    world.socket.open();
    world.socket.say({ beat: 2e12 });
    expect(connection.link.state).toBe("live");
  });

  it("is noticed by silence in less than five seconds", () => {
    connection.listen({ changes: true }, nothing);
    world.socket.open();
    world.socket.say({ cursor: 1, now: 2e12 });
    world.pass(SILENCE - 1);
    expect(connection.link.state).toBe("live");
    world.pass(2);
    expect(connection.link.state).toBe("lost");
    expect(SILENCE).toBeLessThan(5_000);
  });

  it("is put off by every word", () => {
    connection.listen({ changes: true }, nothing);
    world.socket.open();
    for (let step = 0; step < 10; step += 1) {
      world.socket.say({ beat: 2e12 });
      world.pass(2_000);
    }
    expect(connection.link.state).toBe("live");
  });

  it("keeps trying, ever more seldom", () => {
    connection.listen({ changes: true }, nothing);
    for (let step = 0; step < 20; step += 1) {
      world.socket.close();
      world.pass(5_000);
    }
    expect(world.sockets.length).toBe(21);
    expect(connection.link.state).toBe("lost");
  });

  it("tells nothing from a socket that was given up", () => {
    const heard: Told[] = [];
    connection.listen({ changes: true }, (told) => heard.push(told));
    const old = world.socket;
    old.open();
    world.pass(SILENCE + 1_000);
    expect(world.socket).not.toBe(old);
    old.say({ changed: { nodes: true } });
    expect(heard).toEqual([]);
  });
});

it("counts time by the hub's clock", () => {
  connection.listen({ changes: true }, nothing);
  world.socket.open();
  world.socket.say({ cursor: 1, now: 2_000_000_000_000_000 });
  world.pass(1_500);
  expect(connection.hubNow()).toBe(2_000_000_001_500_000);
});

it("says why the hub does not want to talk", () => {
  connection.listen({ changes: true }, nothing);
  world.socket.open();
  world.socket.say({ error: "this token was revoked" });
  expect(connection.link.refused).toBe("this token was revoked");
});
