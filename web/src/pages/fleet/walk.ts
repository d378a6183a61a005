// Walking over nodes with the keyboard. The focus itself is where one is, so that screen readers and `:focus` know it;
// each view says how it brings a node onto the screen.
import { useMemo, useRef } from "react";
import { useKeys } from "~/shell/keys";

export interface Walk {
  /** How this view scrolls to the node at this place; gives the function that takes it back. */
  reach: (scroll: (place: number) => void) => () => void;
  step: (by: number) => void;
}

const FRAMES = 20; // in which a row that was scrolled to must have been drawn

export function useWalk(names: string[], select: (name: string, range: boolean) => void): Walk {
  const latest = useRef(names);
  latest.current = names;
  const last = useRef("");
  const walk = useMemo<Walk>(() => {
    let scroll: (place: number) => void = () => {};
    const reach = (how: (place: number) => void) => {
      scroll = how;
      return () => {
        if (scroll === how) scroll = () => {};
      };
    };
    const step = (by: number) => {
      const all = latest.current;
      const here = all.indexOf(focused() || last.current);
      const place = here < 0 ? 0 : Math.max(0, Math.min(all.length - 1, here + by));
      last.current = all[place] ?? "";
      scroll(place);
      focusOn(last.current, FRAMES);
    };
    return { reach, step };
  }, []);
  useKeys("Fleet", [
    { keys: "j", what: "Next node", act: () => walk.step(1) },
    { keys: "k", what: "Node before", act: () => walk.step(-1) },
    { keys: "x", what: "Select this node", act: () => focused() && select(focused(), false) },
    { keys: ".", what: "What can be done with this node", act: openMore },
  ]);
  return walk;
}

/** The node on which the focus is, or "". */
export function focused(): string {
  return document.activeElement?.closest<HTMLElement>("[data-node]")?.dataset.node ?? "";
}

function openMore(): void {
  document.activeElement?.closest("[data-node]")?.querySelector<HTMLElement>("[data-more]")?.click();
}

/** Rows are drawn a frame or two after they were scrolled to. */
function focusOn(name: string, frames: number): void {
  const row = document.querySelector(`[data-node="${CSS.escape(name)}"]`);
  const link = row?.querySelector<HTMLElement>("[data-link]");
  if (link) link.focus({ preventScroll: false });
  else if (frames > 0) requestAnimationFrame(() => focusOn(name, frames - 1));
}
