// The list of lines: only those in sight are drawn. It stays where its reader is, and at the end while that is followed.
// Hears clicks and keys for all rows.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { count } from "~/look/words";
import type { Acts } from "./acts";
import { ACTIONS, CELL, GROUP, HEADING, ROW, TABLE } from "./aria";
import { Detail } from "./Detail";
import { LineMenu } from "./LineMenu";
import type { Line } from "./line";
import classes from "./logs.module.css";
import { type Look, Row } from "./Row";
import { useRowKeys } from "./rowkeys";
import { useNarrow, useScrolling } from "./scrolling";

interface Props {
  lines: readonly Line[];
  look: Look;
  acts: Acts;
  following: boolean;
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

const MOST_MEASURED = 30_000;

export function Lines(props: Props) {
  const { lines, look, acts, meant } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(meant === undefined ? [] : [meant]));
  const [menu, setMenu] = useState<{ line: Line; at: DOMRect } | null>(null);
  const height = useNarrow() ? 46 : 24;
  const measures = look.wrap || open.size > 0;
  const key = useCallback((index: number) => (lines[index] as Line).id, [lines]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: key,
    overscan: 12,
    anchorTo: "end", // older lines above do not move those that are read
    scrollEndThreshold: -1, // nor does a line that is opened; scrolling.ts keeps to the end
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows have other heights
  useEffect(() => virtual.measure(), [height, look.wrap, look.node, look.source]);
  if (virtual.itemSizeCache.size > MOST_MEASURED) virtual.itemSizeCache.clear();
  useScrolling(scroller, lines, virtual.getTotalSize(), props);
  useMeant(lines, meant, (index) => virtual.scrollToIndex(index, { align: "center" }));

  const toggle = useCallback((id: number) => {
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const leave = props.onLeave;
  const opened = useCallback(
    (id: number) => {
      toggle(id);
      leave?.(); // what is read must not run away
    },
    [toggle, leave],
  );
  const keys = useRowKeys({
    lines,
    scroller,
    acts,
    toggle: opened,
    menu: (line, at) => {
      leave?.();
      setMenu({ line, at });
    },
    show: (index) => virtual.scrollToIndex(index),
    ...(leave ? { leave } : {}),
  });
  const columns = `${look.dates ? "23ch" : "16ch"}${look.node ? " minmax(8ch, 14ch)" : ""} 8ch${look.source ? " minmax(6ch, 12ch)" : ""} minmax(0, 1fr) auto`;
  return (
    <>
      <div
        ref={scroller}
        {...TABLE}
        className={classes.scroller}
        data-wrap={look.wrap || undefined}
        style={{ "--columns": columns } as CSSProperties}
        {...keys.hear}
      >
        <Headings look={look} />
        <Edge>{props.top}</Edge>
        <div {...GROUP} className={classes.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index] as Line;
            const shown = open.has(line.id);
            return (
              <div
                key={item.key}
                ref={measures ? virtual.measureElement : undefined}
                {...ROW}
                className={classes.place}
                data-index={item.index}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {line.gap ? (
                  <Gap line={line} {...(props.gap ? { show: props.gap } : {})} />
                ) : (
                  <div
                    role="presentation"
                    className={classes.row}
                    data-active={keys.active === line.id || undefined}
                    data-meant={meant === line.id || undefined}
                    data-severity={line.severity >= 17 ? "error" : line.severity >= 13 ? "warn" : undefined}
                  >
                    <Row
                      line={line}
                      look={look}
                      open={shown}
                      active={keys.active === line.id}
                      meant={meant === line.id}
                    />
                  </div>
                )}
                {shown && (
                  <div {...CELL}>
                    <Detail line={line} hits={look.hits} acts={acts} />
                  </div>
                )}
              </div>
            );
          })}
        </div>
        <Edge>{props.bottom}</Edge>
      </div>
      <LineMenu at={menu} acts={acts} onClose={() => setMenu(null)} />
    </>
  );
}

function Headings({ look }: { look: Look }) {
  return (
    <div {...GROUP} className={classes.headings}>
      <div {...ROW} className={classes.row}>
        <span {...HEADING}>Time</span>
        {look.node && <span {...HEADING}>Node</span>}
        <span {...HEADING}>Level</span>
        {look.source && <span {...HEADING}>Source</span>}
        <span {...HEADING}>Message</span>
        <span {...ACTIONS} />
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

function Gap({ line, show }: { line: Line; show?: (line: Line) => void }) {
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
