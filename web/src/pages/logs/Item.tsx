// One place in the list: a line with everything of it where it is open, or a mark where lines are missing.
import { memo } from "react";
import { count } from "~/look/words";
import type { Acts } from "./acts";
import { CELL, ROW } from "./aria";
import { Detail } from "./Detail";
import type { Line } from "./line";
import classes from "./logs.module.css";
import { type Look, Row } from "./Row";

interface Props {
  line: Line;
  index: number;
  look: Look;
  acts: Acts;
  open: boolean;
  active: boolean;
  near: boolean;
  meant: boolean;
  measure: ((element: HTMLElement | null) => void) | undefined;
  gap: ((line: Line) => void) | undefined;
}

export const Item = memo(function Item({ line, index, look, acts, open, active, near, meant, measure, gap }: Props) {
  return (
    <div {...ROW} ref={measure} data-index={index}>
      {line.gap ? (
        <Gap line={line} show={gap} />
      ) : (
        <Row line={line} look={look} open={open} active={active} near={near} meant={meant} />
      )}
      {open && (
        <div {...CELL}>
          <Detail line={line} hits={look.hits} acts={acts} />
        </div>
      )}
    </div>
  );
});

function Gap({ line, show }: { line: Line; show: ((line: Line) => void) | undefined }) {
  return (
    <div {...CELL} className={classes.gap}>
      {count(line.gap, "line")} came too fast to be shown here; the hub has them.
      {show && (
        <button type="button" className={classes.plain} onClick={() => show(line)}>
          Show that time
        </button>
      )}
    </div>
  );
}
