// Lines as they arrive, behind those that were there. What arrives lies aside until the next drawing, at most ten times a
// second, or until the pause is over; what does not fit there is counted, for the hub has it.
import type { LogLines } from "~/api/types";
import type { Connection } from "~/live/connection";
import type { LogWant, Told } from "~/live/wire";
import { MOST_LINES } from "./book";
import { type Ask, Feed } from "./feed";
import type { Query } from "./filter";
import { gapOf, type Line, lineOf } from "./line";

export const EVERY = 100; // ms between two drawings
const IMPATIENT = 1_500; // ms after which history is asked for, whatever the connection says
const RATE_OVER = 3_000; // ms

/** The world: time and frames, so that tests have their own. */
export interface Frames {
  now(): number;
  later(ms: number, act: () => void): () => void;
  frame(act: () => void): () => void;
}

export const screen: Frames = {
  now: () => performance.now(),
  later: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  frame: (act) => {
    const frame = requestAnimationFrame(act);
    return () => cancelAnimationFrame(frame);
  },
};

export class LiveFeed extends Feed {
  private arrived: Line[] = [];
  private skipped = 0;
  private drawn = 0;
  private cancel: (() => void) | null = null;
  private stops: (() => void)[] = [];
  private counts: [at: number, lines: number][] = [];
  private begun = false;
  private readonly want: { logs: LogWant };

  constructor(
    ask: Ask,
    query: Query,
    fits: (line: Line) => boolean,
    private readonly connection: Connection,
    want: LogWant,
    private readonly frames: Frames = screen,
    private readonly most = MOST_LINES,
  ) {
    super(ask, query, fits, most);
    this.want = { logs: { ...want } };
  }

  override start(): void {
    this.gone = false;
    this.stops = [
      this.connection.listen(this.want, this.hear, this.begin),
      this.frames.later(IMPATIENT, this.impatient),
      this.beat(),
    ];
  }

  override stop(): void {
    super.stop();
    for (const stop of this.stops) stop();
    this.cancel?.();
    this.cancel = null;
  }

  pause = (): void => {
    if (!this.state.paused) this.set({ paused: true, waiting: this.arrived.length });
  };

  resume = (): void => {
    this.set({ paused: false, waiting: 0 });
    this.draw();
  };

  /** The hub has understood, now or again: what came before this is history, unless it knows where to go on. */
  private begin = (): void => {
    if (!this.begun || this.want.logs.after === undefined) void this.loadAndDraw();
    this.begun = true;
  };

  private impatient = (): void => {
    if (!this.begun) void this.loadAndDraw();
  };

  private async loadAndDraw(): Promise<void> {
    await this.load();
    this.draw();
  }

  protected override take(page: Pick<LogLines, "logs">): number {
    this.know(page.logs);
    return super.take(page);
  }

  private know(lines: { id: number }[]): void {
    for (const { id } of lines) if (id > (this.want.logs.after ?? -1)) this.want.logs.after = id;
  }

  private hear = (told: Told): void => {
    this.know(told.logs ?? []);
    this.arrived.push(...(told.logs ?? []).map(lineOf).filter(this.fits));
    if (told.lost) this.lose(told.lost);
    if (!told.logs && !told.lost) return;
    this.counts.push([this.frames.now(), told.logs?.length ?? 0]);
    this.bound();
    this.soon();
  };

  private lose(lost: number): void {
    const last = this.arrived.at(-1) ?? this.book.lines.at(-1);
    if (last?.gap && this.arrived.length) last.gap += lost;
    else this.arrived.push(gapOf(lost, (last?.at ?? 0) + 0.5));
    this.set({ lost: this.state.lost + lost });
  }

  /** Twice as many as are shown never lie aside; they are cut seldom, so that each line costs nothing. */
  private bound(): void {
    if (this.arrived.length <= this.most * 1.25) return;
    const gone = this.arrived.splice(0, this.arrived.length - this.most);
    this.skipped += gone.reduce((sum, line) => sum + (line.gap || 1), 0);
  }

  private soon(): void {
    if (this.cancel) return;
    const wait = Math.max(0, EVERY - (this.frames.now() - this.drawn));
    this.cancel = this.frames.later(wait, () => {
      this.cancel = this.frames.frame(() => {
        this.cancel = null;
        this.draw();
      });
    });
  }

  private draw(): void {
    this.drawn = this.frames.now();
    const { paused, ready } = this.state;
    if (paused || !ready) {
      this.set({ waiting: this.arrived.length + this.skipped });
      return;
    }
    const batch = this.arrived;
    this.arrived = [];
    if (this.skipped) batch.unshift(gapOf(this.skipped, (batch[0]?.at ?? 0) - 0.5));
    this.skipped = 0;
    if (!batch.length) return;
    const { late } = this.book.append(batch, !this.state.begins);
    const begins = this.state.begins && !this.book.trimmed;
    this.set({ lines: this.book.lines, late: this.state.late + late, begins, waiting: 0 });
  }

  /** How many lines came in a second, lately. */
  private beat(): () => void {
    let stopped = false;
    let cancel = () => {};
    const look = () => {
      if (stopped) return;
      const now = this.frames.now();
      this.counts = this.counts.filter(([at]) => now - at < RATE_OVER);
      const rate = this.counts.reduce((sum, [, lines]) => sum + lines, 0) / (RATE_OVER / 1000);
      if (rate !== this.state.rate) this.set({ rate });
      cancel = this.frames.later(1_000, look);
    };
    cancel = this.frames.later(1_000, look);
    return () => {
      stopped = true;
      cancel();
    };
  }
}
