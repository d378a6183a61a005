// The list of lines: only those in sight are drawn. It stays where its reader is, and at the end while that is followed.
// Hears clicks and keys for all rows.
import { VisuallyHidden } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { moment } from "~/look/words";
import type { Acts } from "./acts";
import { CELL, GROUP, HEADING, ROW, TABLE } from "./aria";
import { Item } from "./Item";
import { LineMenu } from "./LineMenu";
import type { Line } from "./line";
import classes from "./logs.module.css";
import type { Look } from "./Row";
import { useRowKeys } from "./rowkeys";
import { useNarrow, useScrolling } from "./scrolling";

interface Props {
  lines: readonly Line[];
  look: Look;
  acts: Acts;
  following: boolean;
  /** Begin at the end, and stay where the reader goes. */
  fromEnd?: boolean;
  /** The reader has left the end. */
  onLeave?: () => void;
  /** The reader has come to the end by themselves. */
  onEnd?: () => void;
  onTop?: () => void;
  onBottom?: () => void;
  meant?: number;
  top?: ReactNode;
  bottom?: ReactNode;
  gap?: (line: Line) => void;
}

export function Lines(props: Props) {
  const { lines, look, acts, meant } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<{ line: Line; at: DOMRect } | null>(null);
  const { open, toggle } = useOpen(meant, props.onLeave);
  const measures = look.wrap || open.size > 0;
  const virtual = useRows(lines, look, scroller);
  useScrolling(scroller, lines, virtual.getTotalSize(), props);
  useMeant(lines, meant, (index) => virtual.scrollToIndex(index, { align: "center" }));
  const keys = useRowKeys({
    lines,
    scroller,
    acts,
    toggle,
    menu: (line, at) => setMenu({ line, at }),
    show: (index) => virtual.scrollToIndex(index),
    leave: props.onLeave,
  });
  const items = virtual.getVirtualItems();
  // While it follows, rows stay and their text changes: that is much less work than other rows.
  const stays = props.following && !measures;
  return (
    <>
      <div
        ref={scroller}
        {...TABLE}
        className={classes.scroller}
        data-wrap={look.wrap || undefined}
        style={{ "--columns": columnsOf(look) } as CSSProperties}
        {...keys.hear}
      >
        <Headings look={look} day={dayOf(lines[virtual.range?.startIndex ?? 0], look.utc)} />
        <Edge>{props.top}</Edge>
        <div {...GROUP} className={classes.rows} style={{ height: virtual.getTotalSize() }}>
          <div role="presentation" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map((item, place) => {
              const line = lines[item.index] as Line;
              return (
                <Item
                  key={stays ? place : item.key}
                  line={line}
                  index={item.index}
                  look={look}
                  acts={acts}
                  open={open.has(line.id)}
                  active={keys.active === line.id}
                  near={keys.near === line.id}
                  meant={meant === line.id}
                  measure={measures ? virtual.measureElement : undefined}
                  gap={props.gap}
                />
              );
            })}
          </div>
        </div>
        <Edge>{props.bottom}</Edge>
      </div>
      <LineMenu at={menu} acts={acts} onClose={() => setMenu(null)} />
    </>
  );
}

const MOST_MEASURED = 30_000;

function useRows(lines: readonly Line[], look: Look, scroller: RefObject<HTMLDivElement | null>) {
  const height = useNarrow() ? 46 : 24;
  const key = useCallback((index: number) => (lines[index] as Line).id, [lines]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: key,
    overscan: 6,
    anchorTo: "end", // older lines above do not move those that are read
    scrollEndThreshold: -1, // nor does a line that is opened; scrolling.ts keeps to the end
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows have other heights
  useEffect(() => virtual.measure(), [height, look.wrap, look.node, look.source]);
  if (virtual.itemSizeCache.size > MOST_MEASURED) virtual.itemSizeCache.clear();
  return virtual;
}

/** Which lines are open. One that is opened must not run away, so the end is left. */
function useOpen(meant: number | undefined, leave: (() => void) | undefined) {
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(meant === undefined ? [] : [meant]));
  const toggle = (id: number) => {
    leave?.();
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };
  return { open, toggle };
}

function columnsOf({ dates, node, source }: Look): string {
  return [dates ? "23ch" : "16ch", node && "14ch", "8ch", source && "12ch", "minmax(0, 1fr)"].filter(Boolean).join(" ");
}

/** The day of the first line in sight: the lines below have only the time of day. */
function dayOf(line: Line | undefined, utc: boolean): string {
  return line ? moment(line.at, utc).slice(0, 10) : "Time";
}

function Headings({ look, day }: { look: Look; day: string }) {
  return (
    <div {...GROUP} className={classes.headings}>
      <div {...ROW} className={classes.row}>
        <span {...HEADING}>{look.dates ? "Time" : day}</span>
        {look.node && <span {...HEADING}>Node</span>}
        <span {...HEADING}>Level</span>
        {look.source && <span {...HEADING}>Source</span>}
        <span {...HEADING}>Message</span>
        <span {...HEADING} className={classes.unseen}>
          <VisuallyHidden>Actions</VisuallyHidden>
        </span>
      </div>
    </div>
  );
}

/** What stands before the first line or behind the last one. */
function Edge({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <div {...GROUP}>
      <div {...ROW}>
        <div {...CELL} className={classes.edge}>
          {children}
        </div>
      </div>
    </div>
  );
}

/** Brings the line that the address means into sight, once it is there. */
function useMeant(lines: readonly Line[], meant: number | undefined, show: (index: number) => void): void {
  const done = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (meant === undefined || done.current === meant) return;
    const index = lines.findIndex((line) => line.id === meant);
    if (index < 0) return;
    done.current = meant;
    show(index);
  });
}
