// Where the list is scrolled to: at the end while it follows, else where its reader is. Any move up is the reader's wish
// to stay; nothing that arrives moves the list then.
import { useMediaQuery } from "@mantine/hooks";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Line } from "./line";

const NEAR = 40; // px from an end that count as there
const AHEAD = 600; // px before an end at which more is asked for

interface Wishes {
  following: boolean;
  fromEnd?: boolean;
  onLeave?: () => void;
  onEnd?: () => void;
  onTop?: () => void;
  onBottom?: () => void;
}

export function useNarrow(): boolean {
  return useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false }) ?? false;
}

export function useScrolling(
  scroller: RefObject<HTMLDivElement | null>,
  lines: readonly Line[],
  size: number,
  wishes: Wishes,
): void {
  const latest = useRef(wishes);
  latest.current = wishes;
  const { following } = wishes;

  const placed = useRef(!wishes.fromEnd);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are other lines
  useLayoutEffect(() => {
    const list = scroller.current;
    if (!list || (!following && placed.current)) return;
    placed.current = true;
    list.scrollTop = list.scrollHeight;
    list.dispatchEvent(new Event("scroll")); // the rows at the end are drawn before the screen is
  }, [lines, size, following, scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a short first page may leave room for more
  useEffect(() => {
    const list = scroller.current;
    if (list && list.scrollTop < AHEAD) latest.current.onTop?.();
  }, [lines, scroller]);

  useEffect(() => {
    const list = scroller.current;
    if (!list) return;
    return listen(list, () => latest.current);
  }, [scroller]);
}

function listen(list: HTMLDivElement, wishes: () => Wishes): () => void {
  let before = list.scrollTop;
  let touched = 0;
  const left = () => list.scrollHeight - list.clientHeight - list.scrollTop;
  const moved = () => {
    const up = list.scrollTop < before - 1;
    const down = list.scrollTop > before + 1;
    before = list.scrollTop;
    const { following, onLeave, onEnd, onTop, onBottom } = wishes();
    if (following && up && left() > NEAR) onLeave?.();
    if (!following && down && left() < NEAR) onEnd?.();
    if (up && list.scrollTop < AHEAD) onTop?.();
    if (down && left() < AHEAD) onBottom?.();
  };
  const wish = (up: boolean) => {
    if (up && wishes().following && list.scrollHeight > list.clientHeight) wishes().onLeave?.();
  };
  const wheel = (event: WheelEvent) => wish(event.deltaY < 0);
  const press = (event: KeyboardEvent) => wish(["PageUp", "Home", "ArrowUp"].includes(event.key));
  const touch = (event: TouchEvent) => {
    touched = event.touches[0]?.clientY ?? 0;
  };
  const drag = (event: TouchEvent) => wish((event.touches[0]?.clientY ?? 0) > touched + 8);
  const resized = new ResizeObserver(() => {
    if (wishes().following) list.scrollTop = list.scrollHeight;
  });
  const calm = { passive: true };
  list.addEventListener("scroll", moved, calm);
  list.addEventListener("wheel", wheel, calm);
  list.addEventListener("keydown", press);
  list.addEventListener("touchstart", touch, calm);
  list.addEventListener("touchmove", drag, calm);
  resized.observe(list);
  return () => {
    list.removeEventListener("scroll", moved);
    list.removeEventListener("wheel", wheel);
    list.removeEventListener("keydown", press);
    list.removeEventListener("touchstart", touch);
    list.removeEventListener("touchmove", drag);
    resized.disconnect();
  };
}
