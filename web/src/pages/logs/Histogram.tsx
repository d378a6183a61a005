// How many lines there were when, and how bad. Drag over a range, or walk it with the arrows, to see only that; the same
// numbers as a table for who does not see bars.
import { Table } from "@mantine/core";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { Buckets } from "~/api/types";
import { count, DAY, moment } from "~/look/words";
import { highestOf, parts, rangeOf, STACK, summary } from "./bars";
import classes from "./logs.module.css";

const HEIGHT = 40;

interface Props {
  of: Buckets;
  utc: boolean;
  onRange: (from: number, to: number) => void;
  children?: ReactNode;
}

export function Histogram({ of, utc, onRange, children }: Props) {
  const [drag, setDrag] = useState<{ from: number; to: number; on: boolean } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const bars = of.counts.length;
  const highest = highestOf(of.counts);
  const barAt = (x: number) => {
    const rect = box.current?.getBoundingClientRect();
    return rect?.width ? Math.min(bars - 1, Math.max(0, Math.floor(((x - rect.left) / rect.width) * bars))) : 0;
  };
  const take = (from: number, to: number) => {
    setDrag(null);
    onRange(...rangeOf(of, from, to));
  };
  const hear = {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ from: barAt(event.clientX), to: barAt(event.clientX), on: true });
    },
    onPointerMove: (event: PointerEvent) => {
      const to = barAt(event.clientX);
      setDrag((before) => (before?.on ? { ...before, to } : { from: to, to, on: false }));
    },
    onPointerUp: () => drag?.on && take(drag.from, drag.to),
    onPointerLeave: () => setDrag((before) => (before?.on ? before : null)),
    onPointerCancel: () => setDrag(null),
    onKeyDown: (event: KeyboardEvent) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) {
        const to = Math.min(bars - 1, Math.max(0, (drag?.to ?? bars) + by));
        setDrag({ from: event.shiftKey && drag ? drag.from : to, to, on: false });
      } else if (event.key === "Enter" && drag) take(drag.from, drag.to);
      else if (event.key === "Escape") setDrag(null);
      else return;
      event.preventDefault();
    },
    onBlur: () => setDrag(null),
  };
  if (!bars) return null;
  return (
    <div className={classes.histogram}>
      <div
        ref={box}
        className={classes.bars}
        role="slider"
        tabIndex={0}
        aria-label="Lines over time: arrows choose, with Shift a range, Enter shows it"
        aria-valuemin={0}
        aria-valuemax={bars - 1}
        aria-valuenow={drag?.to ?? bars - 1}
        aria-valuetext={drag ? said(of, drag.from, drag.to, utc) : summary(of)}
        {...hear}
      >
        <svg viewBox={`0 0 ${bars} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {drag && (
            <rect
              className={classes.chosen}
              x={Math.min(drag.from, drag.to)}
              width={Math.abs(drag.to - drag.from) + 1}
              y={0}
              height={HEIGHT}
            />
          )}
          {of.counts.map((bucket, place) =>
            parts(bucket, highest).map((bar) => (
              <rect
                key={`${bucket.at} ${bar.level}`}
                data-level={bar.level}
                x={place + 0.1}
                width={0.8}
                y={HEIGHT * (1 - bar.to)}
                height={HEIGHT * (bar.to - bar.from)}
              />
            )),
          )}
        </svg>
      </div>
      <div className={`w-number ${classes.axis}`}>
        <span>{shortMoment(of.begin_us, of, utc)}</span>
        <span className={classes.legend}>
          {drag ? said(of, drag.from, drag.to, utc) : summary(of)}
          {of.partial && !drag && " · counting took too long, these are the newest"} {children}
        </span>
        <span>{shortMoment(of.begin_us + bars * of.step_us, of, utc)}</span>
      </div>
    </div>
  );
}

function said(of: Buckets, a: number, b: number, utc: boolean): string {
  const some = of.counts.slice(Math.min(a, b), Math.max(a, b) + 1);
  const [from, to] = rangeOf(of, a, b);
  const total = some.reduce((sum, one) => sum + one.total, 0);
  return `${shortMoment(from, of, utc)} – ${shortMoment(to, of, utc)}: ${count(total, "line")}`;
}

function shortMoment(at: number, of: Buckets, utc: boolean): string {
  const text = moment(at, utc).replace(" UTC", "");
  const long = of.step_us * of.counts.length > DAY;
  return long ? text.slice(5, 16) : of.step_us < 60_000_000 ? text.slice(11, 19) : text.slice(11, 16);
}

/** The same as numbers. */
export function CountsTable({ of, utc, onRange }: Props) {
  const some = of.counts.map((bucket, place) => ({ bucket, place })).filter(({ bucket }) => bucket.total);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={classes.counts} tabIndex={0} aria-label="Lines over time, as a table">
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">From</Table.Th>
            <Table.Th scope="col">Lines</Table.Th>
            {STACK.map((level) => (
              <Table.Th key={level} scope="col">
                {level}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {some.reverse().map(({ bucket, place }) => (
            <Table.Tr key={bucket.at} className="w-number">
              <Table.Td>
                <button type="button" className={classes.plain} onClick={() => onRange(...rangeOf(of, place, place))}>
                  {moment(bucket.at, utc)}
                </button>
              </Table.Td>
              <Table.Td>{bucket.total}</Table.Td>
              {STACK.map((level) => (
                <Table.Td key={level}>{bucket.by[level] ?? 0}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
