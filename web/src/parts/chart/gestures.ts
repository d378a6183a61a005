// Mouse and touch on a chart: shift-drag moves it, two fingers stretch it, one finger moves the cursor.
import type uPlot from "uplot";

export interface Gestures {
  /** Whether the range may change. */
  may(): boolean;
  /** While moving: show this range (ms), and tell nobody yet. */
  show(from: number, to: number): void;
  /** The range that was meant. */
  done(from: number, to: number): void;
}

/** Shift and a drag: called by uPlot's own mousedown. */
export function pan(plot: uPlot, start: MouseEvent, gestures: Gestures): void {
  const [from, to] = ends(plot);
  const perPixel = (to - from) / plot.over.clientWidth;
  const moved = (event: MouseEvent) => (start.clientX - event.clientX) * perPixel;
  const move = (event: MouseEvent) => gestures.show(from + moved(event), to + moved(event));
  const up = (event: MouseEvent) => {
    removeEventListener("mousemove", move);
    removeEventListener("mouseup", up);
    if (Math.abs(start.clientX - event.clientX) > 2) gestures.done(from + moved(event), to + moved(event));
  };
  addEventListener("mousemove", move);
  addEventListener("mouseup", up);
}

/** Hears fingers on the plot; the page scrolls up and down as ever. */
export function touch(plot: uPlot, gestures: Gestures): () => void {
  const { over } = plot;
  let pinch: { from: number; to: number; places: [number, number] } | null = null;
  let shown: [number, number] | null = null;
  const places = (event: TouchEvent): [number, number] => {
    const left = over.getBoundingClientRect().left;
    const both = [...event.touches].map((one) => one.clientX - left).sort((a, b) => a - b);
    return [both[0] ?? 0, both[1] ?? 0];
  };
  const begin = (event: TouchEvent) => {
    if (event.touches.length === 2 && gestures.may()) {
      const [from, to] = ends(plot);
      pinch = { from, to, places: places(event) };
    } else cursor(event);
  };
  const cursor = (event: TouchEvent) => plot.setCursor({ left: places(event)[0], top: over.clientHeight / 2 }, true);
  const move = (event: TouchEvent) => {
    if (!pinch) return event.touches.length === 1 ? cursor(event) : undefined;
    event.preventDefault();
    shown = stretched(pinch, places(event), over.clientWidth);
    gestures.show(...shown);
  };
  const end = () => {
    if (shown) gestures.done(...shown);
    pinch = shown = null;
  };
  over.style.touchAction = "pan-y";
  over.addEventListener("touchstart", begin, { passive: true });
  over.addEventListener("touchmove", move, { passive: false });
  over.addEventListener("touchend", end);
  over.addEventListener("touchcancel", end);
  return () => {
    over.removeEventListener("touchstart", begin);
    over.removeEventListener("touchmove", move);
    over.removeEventListener("touchend", end);
    over.removeEventListener("touchcancel", end);
  };
}

function ends(plot: uPlot): [number, number] {
  return [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 1];
}

/** PURE: the range in which the two moments that were under the fingers are under them again. */
export function stretched(
  { from, to, places }: { from: number; to: number; places: [number, number] },
  now: [number, number],
  width: number,
): [number, number] {
  const perPixel = (to - from) / width;
  const apart = Math.max(20, now[1] - now[0]);
  const scale = (perPixel * Math.max(20, places[1] - places[0])) / apart;
  const begin = from + places[0] * perPixel - now[0] * scale;
  return [begin, begin + width * scale];
}
