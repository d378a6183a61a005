// One line of the list. Holds no state and no handlers: the list hears for all of them, so that a flood makes little.
import { IconChevronDown, IconChevronRight, IconDotsVertical, IconFocus2 } from "@tabler/icons-react";
import { memo, useMemo } from "react";
import { Raw } from "~/look/Raw";
import type { Range } from "~/look/raw";
import { clockTime, count, moment } from "~/look/words";
import { CELL } from "./aria";
import { Level } from "./Level";
import { fewWords, folded, type Line, lateness, moreLines } from "./line";
import classes from "./logs.module.css";

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
  active: boolean;
  /** The line that the address means. */
  meant: boolean;
}

const NARROW = 400; // characters of a body that are drawn in one row
const WIDE = 2_000;

export const Row = memo(function Row({ line, look, open, active, meant }: Props) {
  const stop = active ? 0 : -1;
  return (
    <>
      <span {...CELL} className={classes.time}>
        <button type="button" tabIndex={stop} data-act="open" aria-expanded={open} aria-label="Everything of this line">
          {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </button>
        <time dateTime={new Date(line.at / 1000).toISOString()} title={`${moment(line.at)} (${moment(line.at, true)})`}>
          {look.dates && <span className={classes.date}>{moment(line.at, look.utc).slice(0, 10)} </span>}
          {clockTime(line.at, look.utc)}
        </time>
      </span>
      {look.node && (
        <span {...CELL} className={`w-line ${classes.node}`} title={line.node}>
          {line.node}
        </span>
      )}
      <span {...CELL} className={classes.levels}>
        <Level severity={line.severity} />
      </span>
      {look.source && (
        <span {...CELL} className={`w-line ${classes.source}`} title={line.source.slice(0, 200)}>
          <Raw text={line.source.slice(0, 100)} />
        </span>
      )}
      <Message line={line} look={look} />
      <span {...CELL} className={classes.acts} data-kept={meant || undefined}>
        <a href={`/logs/${line.id}`} tabIndex={stop} data-act="around" aria-label="What came before and after">
          <IconFocus2 size={15} />
        </a>
        <button type="button" tabIndex={stop} data-act="menu" aria-haspopup="menu" aria-label="More for this line">
          <IconDotsVertical size={15} />
        </button>
      </span>
    </>
  );
});

function Message({ line, look }: { line: Line; look: Look }) {
  const { body, attrs, late } = line;
  const { hits, wrap } = look;
  const { first, more, cut } = useMemo(() => folded(body, wrap ? WIDE : NARROW), [body, wrap]);
  const marked = useMemo(() => hits?.(first), [hits, first]);
  const words = useMemo(() => fewWords(attrs), [attrs]);
  const hidden = cut || line.cut > 0;
  return (
    <span {...CELL} className={`${wrap ? "w-told" : "w-line"} ${classes.body}`}>
      {late > 0 && <span className={classes.note}>{lateness(late)}</span>}
      <Raw text={first} hits={marked} />
      {hidden && <span className={classes.note}>… of {count(line.cut || body.length, "character")}</span>}
      {more > 0 && <span className={classes.note}>▸ {moreLines(more)}</span>}
      {words && (
        <span className={classes.attrs}>
          <Raw text={words} />
        </span>
      )}
    </span>
  );
}
