// Clicks and keys on rows, heard once for the whole list. One row at a time can be reached with Tab: the one that the
// arrows stand on.
import { type KeyboardEvent, type MouseEvent, type RefObject, useState } from "react";
import type { Acts } from "./acts";
import type { Line } from "./line";

interface Rows {
  lines: readonly Line[];
  scroller: RefObject<HTMLDivElement | null>;
  acts: Acts;
  toggle(id: number): void;
  menu(line: Line, at: DOMRect): void;
  show(index: number): void;
  leave?: () => void;
}

export function useRowKeys({ lines, scroller, acts, toggle, menu, show, leave }: Rows) {
  const [active, setActive] = useState<number | null>(null);

  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const line = lineAt(target, lines);
    if (!line || line.gap) return;
    const act = target.closest("[data-act]");
    const other = target.closest("a, button");
    if (act?.getAttribute("data-act") === "around") {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
      event.preventDefault();
      return acts.around(line);
    }
    if (act?.getAttribute("data-act") === "menu") return menu(line, act.getBoundingClientRect());
    if (!act && (other || inDetail(target) || !getSelection()?.isCollapsed)) return;
    setActive(line.id);
    toggle(line.id);
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

  return { active, hear: { onClick: click, onKeyDown: press } };
}

function lineAt(target: Element, lines: readonly Line[]): Line | undefined {
  const row = target.closest("[data-index]");
  return row ? lines[Number(row.getAttribute("data-index"))] : undefined;
}

function inDetail(target: Element): boolean {
  return target.closest('[role="row"]')?.firstElementChild?.contains(target) === false;
}

function firstSeen(list: HTMLDivElement | null): number {
  const top = list?.getBoundingClientRect().top ?? 0;
  const rows = [...(list?.querySelectorAll("[data-index]") ?? [])];
  const seen = rows.find((row) => row.getBoundingClientRect().top >= top + 20);
  return Number(seen?.getAttribute("data-index") ?? 0);
}
