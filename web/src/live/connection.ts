// The live connection: one WebSocket that says what is wanted, hears what arrives, notices when the hub is lost and comes
// back by itself. Keeps no data. Time, chance and sockets are arguments, so that the tests need none of them.
import { clockIn, type Told, together, understood, type Want } from "./wire";

/** `waiting`: never connected yet. `lost`: nothing was heard for SILENCE, or the connection ended. */
export type LinkState = "waiting" | "live" | "lost";

export interface Link {
  state: LinkState;
  since: number; // ms, of this browser's clock
  refused: string; // why the hub does not want to talk, "" if it does
}

export interface Outside {
  open(): WebSocket;
  now(): number;
  random(): number;
  later(ms: number, act: () => void): () => void;
}

export const SILENCE = 4_500; // ms; the hub speaks each 2 s
const SOONEST = 400; // ms until the first try to come back
const LATEST = 5_000;

interface Listener {
  want: Want;
  hear(told: Told): void;
  begin?(told: Told): void;
  begun: boolean;
}

export class Connection {
  link: Link;
  /** The hub's clock less this browser's, µs. */
  offset = 0;
  private socket: WebSocket | null = null;
  private tries = 0;
  private said = "";
  private ended = false;
  private stopWatching = () => {};
  private stopTrying = () => {};
  private stopSaying = () => {};
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();

  constructor(private readonly outside: Outside) {
    this.link = { state: "waiting", since: outside.now(), refused: "" };
  }

  /** Want this from now on; `begin` is called whenever snapshots asked from then on go together with what is heard. */
  listen(want: Want, hear: (told: Told) => void, begin?: (told: Told) => void): () => void {
    const listener: Listener = { want, hear, begun: !begin, ...(begin ? { begin } : {}) };
    this.listeners.add(listener);
    this.ended = false;
    if (this.socket) this.saySoon();
    else if (!this.tries) this.connect();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size) this.saySoon();
      else this.end();
    };
  }

  /** Called when `link` has changed; for useSyncExternalStore. */
  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  /** Try now, instead of waiting. */
  retry = (): void => {
    this.stopTrying();
    if (!this.socket && this.listeners.size) this.connect();
  };

  /** Now, in µs of the hub's clock. */
  hubNow = (): number => this.outside.now() * 1000 + this.offset;

  private end(): void {
    this.ended = true;
    this.stopTrying();
    this.stopWatching();
    this.stopSaying();
    const socket = this.socket;
    this.socket = null;
    this.tries = 0;
    this.said = "";
    socket?.close();
    this.set("waiting");
  }

  private connect(): void {
    const socket = this.outside.open();
    this.socket = socket;
    this.said = "";
    for (const listener of this.listeners) listener.begun = !listener.begin;
    socket.onopen = () => this.say();
    socket.onmessage = (event) => {
      if (this.socket === socket) this.hear(understood(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lose();
    };
    this.expectWord();
  }

  private hear(told: Told | null): void {
    if (!told) return;
    this.tries = 0;
    this.expectWord();
    const clock = clockIn(told);
    if (clock !== null) this.offset = clock - this.outside.now() * 1000;
    if (told.error) this.set(this.link.state, told.error);
    else if (this.link.state !== "live") this.set("live");
    for (const listener of [...this.listeners]) {
      if (told.cursor !== undefined && !listener.begun) {
        listener.begun = true;
        listener.begin?.(told);
      }
      listener.hear(told);
    }
  }

  private expectWord(): void {
    this.stopWatching();
    this.stopWatching = this.outside.later(SILENCE, () => this.lose());
  }

  private lose(): void {
    this.stopWatching();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    if (this.ended) return;
    if (this.link.state !== "lost") this.set("lost", this.link.refused);
    const longest = Math.min(LATEST, SOONEST * 2 ** this.tries);
    this.tries += 1;
    this.stopTrying = this.outside.later(longest * (0.5 + this.outside.random() / 2), () => this.connect());
  }

  /** Several that begin in one turn of the page are told in one message. */
  private saySoon(): void {
    this.stopSaying();
    this.stopSaying = this.outside.later(0, () => this.say());
  }

  private say(): void {
    if (this.socket?.readyState !== 1) return;
    const text = JSON.stringify(together([...this.listeners].map((one) => one.want)));
    const answered = [...this.listeners].every((one) => one.begun);
    if (text === this.said && answered) return;
    this.said = text;
    this.socket.send(text);
  }

  private set(state: LinkState, refused = ""): void {
    this.link = { state, since: this.outside.now(), refused };
    for (const changed of this.watchers) changed();
  }
}

/** The world of a browser. */
export const browser: Outside = {
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`),
  now: () => Date.now(),
  random: () => Math.random(),
  later: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
