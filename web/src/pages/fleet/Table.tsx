// The table of all nodes: only what is on the screen is drawn, and a row draws anew only when its own node changes.
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { useNode } from "~/live/fleet";
import type { FleetRow } from "~/live/wire";
import { useStale } from "~/parts/node/numbers";
import { usePreferences } from "~/shell/preferences";
import type { ListProps } from "./Body";
import type { FleetColumn } from "./columns";
import { RowActions } from "./RowActions";
import { Tick, TickAll } from "./Tick";
import classes from "./table.module.css";

const HEIGHTS = { comfortable: 40, compact: 28 };

export function Table({ names, sort, onSort, selected, onSelect, onSelectAll, walk, columns }: ListProps) {
  const scroller = useRef<HTMLElement>(null);
  const [{ density }] = usePreferences();
  const height = HEIGHTS[density];
  const rows = useVirtualizer({
    count: names.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  useEffect(() => walk.reach((place) => rows.scrollToIndex(place)), [walk, rows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are all measured anew
  useEffect(() => rows.measure(), [rows, height]);
  const drawn = rows.getVirtualItems();
  const before = drawn[0]?.start ?? 0;
  const behind = rows.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  return (
    <section
      ref={scroller}
      className={classes.scroller}
      aria-label="Nodes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled without a mouse
      tabIndex={0}
    >
      <table className={classes.table} aria-rowcount={names.length + 1}>
        <thead>
          <tr>
            <th className={classes.tick}>
              <TickAll names={names} selected={selected} onSelectAll={onSelectAll} />
            </th>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
            <th className={classes.actionsHead}>Actions</th>
          </tr>
        </thead>
        <tbody>
          <Room height={before} />
          {drawn.map(({ index }) => {
            const name = names[index] ?? "";
            const at = index + 2;
            return <Row key={name} {...{ name, at, height, columns, onSelect }} chosen={selected.has(name)} />;
          })}
          <Room height={behind} />
        </tbody>
      </table>
    </section>
  );
}

/** The room of rows that are not drawn. */
function Room({ height }: { height: number }) {
  return height > 0 ? <tr style={{ height }} /> : null;
}

function Head({ column, sort, onSort }: { column: FleetColumn; sort: string; onSort: (sort: string) => void }) {
  const way = sort === column.id ? "ascending" : sort === `-${column.id}` ? "descending" : undefined;
  const steps = column.numeric ? [`-${column.id}`, column.id, ""] : [column.id, `-${column.id}`, ""];
  const next = steps[(steps.indexOf(sort) + 1) % steps.length] ?? "";
  return (
    <th aria-sort={way} data-numeric={column.numeric} title={column.hint}>
      <button type="button" className={classes.sort} onClick={() => onSort(next)}>
        {column.title}
        {column.hint && <sup aria-hidden="true">*</sup>}
        <span aria-hidden="true">{way === "ascending" ? "▲" : way === "descending" ? "▼" : ""}</span>
      </button>
    </th>
  );
}

interface RowProps {
  name: string;
  at: number;
  chosen: boolean;
  height: number;
  columns: FleetColumn[];
  onSelect: ListProps["onSelect"];
}

const Row = memo(function Row({ name, ...rest }: RowProps): ReactNode {
  const row = useNode(name);
  return row ? <Drawn row={row} {...rest} /> : <tr style={{ height: rest.height }} aria-rowindex={rest.at} />;
});

function Drawn({ row, at, chosen, height, columns, onSelect }: Omit<RowProps, "name"> & { row: FleetRow }) {
  const stale = useStale(row);
  return (
    <tr
      style={{ height }}
      aria-rowindex={at}
      aria-selected={chosen}
      data-node={row.name}
      data-stale={stale || undefined}
      data-status={row.status}
    >
      <td className={classes.tick}>
        <Tick name={row.name} chosen={chosen} onSelect={onSelect} />
      </td>
      {columns.map((column) => (
        <td key={column.id} data-column={column.id} data-numeric={column.numeric}>
          {column.cell(row)}
        </td>
      ))}
      <td className={classes.actionsCell}>
        <RowActions row={row} />
      </td>
    </tr>
  );
}
