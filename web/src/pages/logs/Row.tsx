// One line of the list, made of as little as it can be: a flood draws hundreds each second. Hears nothing itself; what can
// be done with a line is drawn for the one that is pointed at.
import { memo } from "react";
import { Raw } from "~/look/Raw";
import type { Range } from "~/look/raw";
import { clockTime, count, moment } from "~/look/words";
import { CELL } from "./aria";
import { fewWords, folded, type Line, lateness, levelOf, moreLines } from "./line";
import classes from "./logs.module.css";
import { RowActs } from "./RowActs";

export interface Look {
  utc: boolean;
  wrap: boolean;
  node: boolean;
  source: boolean;
  dates: boolean;
  hits: ((text: string) => Range[]) | null;
}

interface Props {
  line: Line;
  look: Look;
  open: boolean;
  /** The arrows stand on it. */
  active: boolean;
  /** It is pointed at. */
  near: boolean;
  /** The line that the address means. */
  meant: boolean;
}

const NARROW = 400; // characters of a body that are drawn in one row
const WIDE = 2_000;

export const Row = memo(function Row({ line, look, open, active, near, meant }: Props) {
  const level = levelOf(line.severity);
  return (
    <div
      role="presentation"
      className={classes.row}
      data-active={active || undefined}
      data-meant={meant || undefined}
      data-level={level || undefined}
    >
      <span {...CELL} className={classes.time}>
        <button
          type="button"
          tabIndex={active ? 0 : -1}
          data-act="open"
          aria-expanded={open}
          aria-label="Everything of this line"
        />
        {look.dates && `${moment(line.at, look.utc).slice(0, 10)} `}
        {clockTime(line.at, look.utc)}
      </span>
      {look.node && (
        <span {...CELL} className={`w-line ${classes.node}`}>
          {line.node}
        </span>
      )}
      <span {...CELL} className={classes.level}>
        {level.toUpperCase()}
      </span>
      {look.source && (
        <span {...CELL} className={`w-line ${classes.source}`}>
          <Raw text={line.source.slice(0, 100)} />
        </span>
      )}
      <Message line={line} look={look} />
      {(active || near) && <RowActs id={line.id} reached={active} />}
    </div>
  );
});

function Message({ line, look }: { line: Line; look: Look }) {
  const { body, attrs, late } = line;
  const { first, more, cut } = folded(body, look.wrap ? WIDE : NARROW);
  const words = fewWords(attrs);
  return (
    <span {...CELL} className={`${look.wrap ? "w-told" : "w-line"} ${classes.body}`}>
      {late > 0 && <span className={classes.note}>{lateness(late)}</span>}
      <Raw text={first} hits={look.hits?.(first)} />
      {(cut || line.cut > 0) && (
        <span className={classes.note}>… of {count(line.cut || body.length, "character")}</span>
      )}
      {more > 0 && <span className={classes.note}>{moreLines(more)}</span>}
      {words && (
        <span className={classes.attrs}>
          <Raw text={words} />
        </span>
      )}
    </span>
  );
}
