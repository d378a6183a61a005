// Clicks and keys on rows, heard once for the whole list. One row at a time can be reached with Tab: the one that the
// arrows stand on.
import { type KeyboardEvent, type MouseEvent, type PointerEvent, type RefObject, useState } from "react";
import type { Acts } from "./acts";
import type { Line } from "./line";

interface Rows {
  lines: readonly Line[];
  scroller: RefObject<HTMLDivElement | null>;
  acts: Acts;
  toggle(id: number): void;
  menu(line: Line, at: DOMRect): void;
  show(index: number): void;
  leave: (() => void) | undefined;
}

export function useRowKeys({ lines, scroller, acts, toggle, menu, show, leave }: Rows) {
  const [active, setActive] = useState<number | null>(null);
  const [near, setNear] = useState<number | null>(null);

  const open = (line: Line) => {
    setActive(line.id);
    toggle(line.id);
    scroller.current?.focus({ preventScroll: true }); // the row's own button may be another one now
  };

  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const line = lineAt(target, lines);
    if (!line || line.gap) return;
    const act = target.closest("[data-act]");
    const name = act?.getAttribute("data-act");
    if (name === "around" && (event.ctrlKey || event.metaKey || event.shiftKey)) return; // a tab of its own
    if (name === "around") {
      event.preventDefault();
      acts.around(line);
    } else if (act && name === "menu") {
      leave?.();
      setActive(line.id);
      menu(line, act.getBoundingClientRect());
    } else if (name === "open" || (!isOwn(target) && getSelection()?.isCollapsed)) open(line);
  };

  const point = (event: PointerEvent) => {
    if (event.pointerType === "mouse") setNear(lineAt(event.target as Element, lines)?.id ?? null);
  };

  const step = (by: number) => {
    const here = lines.findIndex((line) => line.id === active);
    const from = here < 0 ? firstSeen(scroller.current) - by : here;
    const next = Math.min(lines.length - 1, Math.max(0, from + by));
    const line = lines[next];
    if (!line) return;
    leave?.();
    setActive(line.id);
    show(next);
  };

  const press = (event: KeyboardEvent) => {
    const line = lines.find((one) => one.id === active);
    const inside = event.target !== scroller.current;
    if (event.altKey || event.ctrlKey || event.metaKey || (inside && event.key === "Enter")) return;
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && line) toggle(line.id);
    else return;
    event.preventDefault();
  };

  const away = () => setNear(null);
  return { active, near, hear: { onClick: click, onKeyDown: press, onPointerOver: point, onPointerLeave: away } };
}

function lineAt(target: Element, lines: readonly Line[]): Line | undefined {
  const row = target.closest("[data-index]");
  return row ? lines[Number(row.getAttribute("data-index"))] : undefined;
}

/** Whether a click there means something of its own: it is on a button or link, or in what is open. */
function isOwn(target: Element): boolean {
  const inRow = target.closest("[data-index]")?.firstElementChild?.contains(target) ?? false;
  return !inRow || target.closest("a, button") !== null;
}

function firstSeen(list: HTMLDivElement | null): number {
  const top = list?.getBoundingClientRect().top ?? 0;
  const rows = [...(list?.querySelectorAll("[data-index]") ?? [])];
  const seen = rows.find((row) => row.getBoundingClientRect().top >= top + 20);
  return Number(seen?.getAttribute("data-index") ?? 0);
}
