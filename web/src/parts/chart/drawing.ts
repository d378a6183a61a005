// One uPlot, kept up to date without being built anew: numbers, range, focus and size are told to it as they change.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { aligned, slots } from "./align";
import { type Gestures, pan, touch } from "./gestures";
import { type Drawn, options } from "./options";
import type { Readout } from "./readout";
import type { ChartProps, Line } from "./shape";

interface Given {
  host: HTMLElement;
  props: () => ChartProps;
  readout: Readout;
  scheme: "light" | "dark";
  utc: boolean;
  focus: () => number | null;
}

export class Drawing {
  private readonly plot: uPlot;
  private readonly slots;
  private readonly stops: (() => void)[] = [];
  private lines: Line[] = [];
  private moving = false;
  private seen = "";

  constructor(private readonly given: Given) {
    this.slots = slots(given.props().lines);
    const drawn: Drawn = { ...given, slots: this.slots };
    const told = options(drawn, given.host.clientWidth);
    told.hooks = { ...told.hooks, setCursor: [() => this.tell()], setSelect: [() => this.zoom()] };
    told.cursor = { ...told.cursor, bind: this.bind() };
    this.lines = given.props().lines;
    this.plot = new uPlot(told, aligned(this.lines), given.host);
    this.stops.push(touch(this.plot, this.gestures), this.watchSize());
  }

  /** Tell what has changed since the last time. */
  update(hidden: ReadonlySet<string>): void {
    const { lines, since, until, marks } = this.given.props();
    const seen = JSON.stringify([marks, [...hidden], this.given.focus()]);
    this.plot.batch(() => {
      if (lines !== this.lines) this.plot.setData(aligned(lines), false);
      this.lines = lines;
      this.slots.forEach((slot, place) => {
        const show = !hidden.has(lines[slot.line]?.id ?? "");
        if (this.plot.series[place + 1]?.show !== show) this.plot.setSeries(place + 1, { show }, false);
      });
      if (!this.moving) this.plot.setScale("x", { min: since / 1000, max: until / 1000 });
      if (seen !== this.seen) this.plot.redraw(false);
    });
    this.seen = seen;
  }

  end(): void {
    for (const stop of this.stops) stop();
    this.given.readout.set();
    this.plot.destroy();
  }

  /** Move the cursor by so many values; `null` takes it away. */
  step(by: number | null): void {
    if (by === null) {
      this.plot.setCursor({ left: -10, top: -10 });
      return;
    }
    const times = this.plot.data[0];
    const row = (this.plot.cursor.idx ?? (by > 0 ? -1 : times.length)) + by;
    const moment = times[Math.min(times.length - 1, Math.max(0, row))];
    if (moment === undefined) return;
    this.plot.setCursor({ left: this.plot.valToPos(moment, "x"), top: this.plot.over.clientHeight / 2 });
  }

  private readonly gestures: Gestures = {
    may: () => Boolean(this.given.props().onZoom),
    show: (min, max) => {
      this.moving = true;
      this.plot.setScale("x", { min, max });
    },
    done: (from, to) => {
      this.moving = false;
      this.given.props().onZoom?.(Math.round(from * 1000), Math.round(to * 1000));
    },
  };

  private bind(): uPlot.Cursor.Bind {
    return {
      mousedown: (plot, _, handler) => (event) => {
        if (event.shiftKey && event.button === 0 && this.gestures.may()) pan(plot, event, this.gestures);
        else handler(event);
        return null;
      },
      dblclick: () => () => {
        this.given.props().onBack?.();
        return null;
      },
    };
  }

  private zoom(): void {
    const { left, width } = this.plot.select;
    if (width < 5) return;
    const at = (place: number) => Math.round(this.plot.posToVal(place, "x") * 1000);
    const range: [number, number] = [at(left), at(left + width)];
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.given.props().onZoom?.(...range);
  }

  private tell(): void {
    const { left, idxs } = this.plot.cursor;
    if (left === undefined || left < 0) {
      this.given.readout.set();
      return;
    }
    const values = this.slots.flatMap((slot, place) => {
      if (slot.part !== "value") return [];
      const row = idxs?.[place + 1];
      return [row === null || row === undefined ? undefined : (this.plot.data[place + 1]?.[row] as number | null)];
    });
    this.given.readout.set({ at: Math.round(this.plot.posToVal(left, "x") * 1000), values });
  }

  private watchSize(): () => void {
    const { host } = this.given;
    const observer = new ResizeObserver(() => {
      const width = host.clientWidth;
      const height = this.given.props().height ?? 220;
      if (width && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
    });
    observer.observe(host);
    return () => observer.disconnect();
  }
}
