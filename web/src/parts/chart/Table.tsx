// The same numbers as a chart, to read and to copy. Draws only the rows that are seen.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { count, moment, value } from "~/look/words";
import { CopyButton } from "../Copy";
import { aligned, slots } from "./align";
import classes from "./chart.module.css";
import { cut } from "./places";
import type { ChartProps, Line } from "./shape";

const ROW = 28;

interface Props {
  chart: ChartProps;
  utc: boolean;
}

export default function Table({ chart, utc }: Props) {
  const { lines, title } = chart;
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, at, columns } = useMemo(() => inside(chart), [chart]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const seen = virtual.getVirtualItems();
  const before = seen[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (seen[seen.length - 1]?.end ?? 0);
  return (
    <div>
      <div className={classes.tablehead}>
        <span className="w-dim">{count(rows.length, "row")}, the newest first</span>
        <CopyButton text={tabbed(lines, rows, at, columns)} label="Copy the table" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys */}
      <section ref={scroller} className={classes.scroller} tabIndex={0} aria-label={`${title}, as a table`}>
        <table className={`w-number ${classes.table}`} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th scope="col">Time{utc ? " (UTC)" : ""}</th>
              {lines.map((line) => (
                <th key={line.id} scope="col" className="w-told" title={cut(line.label, 300)}>
                  {cut(line.label, 40)}
                  {line.unit && <span className="w-dim"> {cut(line.unit, 12)}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Room height={before} />
            {seen.map(({ index }) => {
              const row = rows[index] as number;
              return (
                <tr key={row} aria-rowindex={index + 2}>
                  <th scope="row">{moment((at[row] as number) * 1000, utc)}</th>
                  {lines.map((line, place) => (
                    <td key={line.id}>{cell(columns[place]?.[row])}</td>
                  ))}
                </tr>
              );
            })}
            <Room height={after} />
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Room({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

function cell(one: number | null | undefined): string {
  if (one === undefined) return "";
  return one === null ? "gap" : value(one);
}

interface Inside {
  rows: number[];
  at: number[];
  columns: (number | null | undefined)[][];
}

/** The rows in the range, the newest first. */
function inside({ lines, since, until }: ChartProps): Inside {
  const [at, ...all] = aligned(lines);
  const columns = all.slice(slots(lines).length - lines.length);
  const rows: number[] = [];
  for (let row = at.length - 1; row >= 0; row--) {
    const moment = (at[row] as number) * 1000;
    if (moment >= since && moment <= until) rows.push(row);
  }
  return { rows, at, columns };
}

/** Tab-separated with all digits and exact times, as spreadsheets take it. */
function tabbed(lines: Line[], rows: number[], at: number[], columns: (number | null | undefined)[][]): string {
  const head = ["time", ...lines.map((line) => `${line.label}${line.unit ? ` (${line.unit})` : ""}`)].map(plain);
  const body = rows.map((row) => [
    new Date(at[row] as number).toISOString(),
    ...columns.map((column) => String(column[row] ?? "")),
  ]);
  return [head, ...body].map((cells) => cells.join("\t")).join("\n");
}

/** A spreadsheet takes what begins with = + - @ for a formula; a node's text must be none. */
function plain(text: string): string {
  const line = text.replace(/[\t\r\n]/g, " ");
  return /^[=+\-@]/.test(line) ? `'${line}` : line;
}
