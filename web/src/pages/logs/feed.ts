// The lines of one question, outside React: pages of history in both directions. Asks one page at a time, tells whoever
// watches with a new `state`, and knows nothing of the screen.
import type { LogLines } from "~/api/types";
import { Book } from "./book";
import type { Query } from "./filter";
import { type Line, lineOf } from "./line";

export const PAGE = 400;
export const MOST_SHOWN = 50_000; // lines that a page shows of history; behind that one goes on from there

export type Ask = (query: Query) => Promise<LogLines>;

export interface FeedState {
  lines: readonly Line[];
  ready: boolean;
  trouble: Error | null;
  /** Nothing is older, nothing is newer. */
  begins: boolean;
  ends: boolean;
  busy: "" | "first" | "older" | "newer";
  paused: boolean;
  waiting: number;
  late: number;
  lost: number;
  rate: number;
}

const FRESH: FeedState = {
  lines: [],
  ready: false,
  trouble: null,
  begins: false,
  ends: true,
  busy: "first",
  paused: false,
  waiting: 0,
  late: 0,
  lost: 0,
  rate: 0,
};
const TRIES = 8; // pages that may be empty, once what is hidden is left out

export class Feed {
  state: FeedState = FRESH;
  protected book: Book;
  protected gone = false;
  protected older: string | null = null;
  protected newer: string | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(
    protected readonly ask: Ask,
    protected readonly query: Query,
    protected readonly fits: (line: Line) => boolean = () => true,
    most = MOST_SHOWN,
  ) {
    this.book = new Book(most);
  }

  watch = (changed: () => void): (() => void) => {
    this.watchers.add(changed);
    return () => this.watchers.delete(changed);
  };

  read = (): FeedState => this.state;

  start(): void {
    this.gone = false;
    if (!this.state.ready) void this.load();
  }

  stop(): void {
    this.gone = true;
  }

  /** The newest page. */
  load = async (): Promise<void> => {
    await this.during("first", async () => {
      const page = await this.ask({ ...this.query, limit: PAGE, order: "desc" });
      this.older = page.older;
      const kept = this.take(page);
      this.set({ ready: true, begins: !page.cursor });
      if (!kept && page.cursor) await this.back();
    });
  };

  /** The page before the first line. */
  loadOlder = async (): Promise<void> => {
    if (this.state.begins || this.state.busy || !this.state.ready || this.book.full) return;
    await this.during("older", () => this.back());
  };

  /** The page behind the last line. */
  loadNewer = async (): Promise<void> => {
    if (this.state.ends || this.state.busy || !this.newer) return;
    await this.during("newer", async () => {
      const page = await this.ask({ ...this.query, until: "", limit: PAGE, order: "asc", cursor: this.newer ?? "" });
      this.newer = page.newer;
      this.take(page);
      this.set({ ends: !page.cursor });
    });
  };

  get full(): boolean {
    return this.book.full;
  }

  protected async back(): Promise<void> {
    for (let tries = 0; tries < TRIES && !this.state.begins; tries += 1) {
      const page = await this.ask({ ...this.query, limit: PAGE, order: "desc", ...this.place() });
      this.older = page.older;
      const kept = this.take(page);
      this.set({ begins: !page.cursor });
      if (kept) return;
    }
  }

  /** Where history goes on. After lines at the beginning have gone the cursor is too far back. */
  private place(): Query {
    const first = this.book.lines[0];
    if (!this.book.trimmed || !first) return { cursor: this.older ?? "" };
    this.book.trimmed = false;
    return { until: iso(first.at + 1) };
  }

  protected take(page: Pick<LogLines, "logs">): number {
    const kept = this.book.merge(page.logs.map(lineOf).filter(this.fits));
    this.set({ lines: this.book.lines });
    return kept;
  }

  protected async during(busy: FeedState["busy"], act: () => Promise<void>): Promise<void> {
    this.set({ busy, trouble: null });
    try {
      await act();
    } catch (error) {
      if (!this.gone) this.set({ trouble: error instanceof Error ? error : new Error(String(error)) });
    }
    this.set({ busy: "" });
  }

  protected set(some: Partial<FeedState>): void {
    if (this.gone) return;
    this.state = { ...this.state, ...some };
    for (const changed of this.watchers) changed();
  }
}

/** A moment as the hub reads it, to the microsecond. */
export function iso(moment: number): string {
  const us = Math.floor(moment);
  const whole = Math.floor(us / 1000);
  const rest = String(us - whole * 1000).padStart(3, "0");
  return `${new Date(whole).toISOString().slice(0, -1)}${rest}Z`;
}
