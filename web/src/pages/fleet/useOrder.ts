// Which nodes are shown, and in which order. The order is TanStack's; here it is kept calm while somebody points at it:
// rows that jump cannot be clicked.
import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useEffect, useMemo, useRef, useState } from "react";
import type { FleetRow } from "~/live/wire";
import { matcher } from "~/parts/target/match";
import type { Seen } from "./address";
import { COLUMNS } from "./columns";
import { byName, calm, rank, same } from "./rows";

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const columns = COLUMNS.map(({ id, by }) => ({
  id,
  accessorFn: by,
  sortUndefined: "last" as const,
  sortFn: (a: Valued, b: Valued, column: string) => compare(a.getValue(column), b.getValue(column)),
}));
interface Valued {
  getValue: (column: string) => unknown;
}
const texts = new Intl.Collator("en", { numeric: true });

function compare(a: unknown, b: unknown): number {
  return typeof a === "string" ? texts.compare(a, String(b)) : Number(a) - Number(b);
}

/** Names of the nodes that the filter and the chosen states mean, sorted. */
export function useSorted(rows: ReadonlyMap<string, FleetRow>, { find, status, sort }: Seen): string[] {
  const data = useMemo(() => {
    const fits = matcher(find);
    const meant = [...rows.values()].filter((row) => (!status.length || status.includes(row.status)) && fits(row));
    return meant.sort(sort ? byName : (a, b) => rank(a) - rank(b) || byName(a, b));
  }, [rows, find, status, sort]);
  const sorting = useMemo(() => (sort ? [{ id: sort.replace("-", ""), desc: sort.startsWith("-") }] : []), [sort]);
  const table = useTable({ features, columns, data, state: { sorting }, getRowId: (row) => row.name });
  const model = table.getRowModel();
  return useMemo(() => model.rows.map((row) => row.id), [model]);
}

interface Calm {
  names: string[];
  /** Whether the order on the screen is not the true one at this moment. */
  held: boolean;
  hold: (holding: boolean) => void;
  now: () => void;
}

/** The same names, in the order in which they stand while `hold` is on. `key`: what makes them another list. */
export function useCalm(wanted: string[], key: string): Calm {
  const [holding, setHolding] = useState(false);
  const shown = useRef({ names: wanted, key });
  const names = holding && shown.current.key === key ? calm(shown.current.names, wanted) : wanted;
  const stable = same(names, shown.current.names) ? shown.current.names : names;
  useEffect(() => {
    shown.current = { names: stable, key };
  }, [stable, key]);
  const [, again] = useState(0);
  const now = () => {
    shown.current = { names: wanted, key };
    again((count) => count + 1);
  };
  return { names: stable, held: holding && !same(stable, wanted), hold: setHolding, now };
}
