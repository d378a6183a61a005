// Lines and a still world, for the tests beside.
import { Connection } from "~/live/connection";
import type { LogLine, Told } from "~/live/wire";
import { iso } from "./feed";
import { type Line, lineOf } from "./line";
import type { Frames } from "./livefeed";

export const NOON = Date.UTC(2026, 10, 21, 12) * 1000;

export function toldLine(id: number, at = NOON + id * 1000, more: Partial<LogLine> = {}): LogLine {
  return { id, at: iso(at), node: "rig-3", source: "valve", severity: 9, body: `line ${id}`, attrs: {}, ...more };
}

export function line(id: number, at?: number, more: Partial<LogLine> = {}): Line {
  return lineOf(toldLine(id, at, more));
}

export function ids(lines: readonly Line[]): number[] {
  return lines.map((one) => one.id);
}

/** Time that stands still until it is told to pass; a frame comes at once. */
export class Still implements Frames {
  time = 0;
  private waiting: { at: number; act: () => void }[] = [];
  now = () => this.time;
  later = (ms: number, act: () => void) => {
    const one = { at: this.time + ms, act };
    this.waiting.push(one);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== one);
    };
  };
  frame = (act: () => void) => this.later(0, act);
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.waiting.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((one) => one !== next);
      this.time = Math.max(this.time, next.at);
      next.act();
    }
    this.time = end;
  }
}

/** A connection without a network: the test says what the hub tells. */
export class Wire extends Connection {
  told: (told: Told) => void = () => {};
  begun: () => void = () => {};
  want: unknown = null;
  constructor() {
    super({ open: () => new WebSocket("ws://127.0.0.1:9"), now: () => 0, random: () => 0, later: () => () => {} });
  }
  override listen(want: unknown, hear: (told: Told) => void, begin?: (told: Told) => void): () => void {
    this.want = want;
    this.told = hear;
    this.begun = () => begin?.({});
    return () => {
      this.want = null;
    };
  }
}
