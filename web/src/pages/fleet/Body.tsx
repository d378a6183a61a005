// The nodes as the chosen view shows them, and what stands there when there are none.
import { Button } from "@mantine/core";
import type { Seen } from "./address";
import { Cards } from "./Cards";
import type { FleetColumn } from "./columns";
import { Seats } from "./Seats";
import { Table } from "./Table";
import type { Walk } from "./walk";

export interface ListProps {
  names: string[];
  sort: string;
  onSort: (sort: string) => void;
  selected: ReadonlySet<string>;
  /** `range`: all from the one chosen before to this one. */
  onSelect: (name: string, range: boolean) => void;
  onSelectAll: () => void;
  walk: Walk;
  columns: FleetColumn[];
}

export function Body({ view, ...props }: ListProps & { view: Seen["view"] }) {
  if (view === "seats") return <Seats {...props} />;
  if (view === "cards") return <Cards {...props} />;
  return <Table {...props} />;
}

export function NothingFits({ clear }: { clear: () => void }) {
  return (
    <p>
      No node fits the filter.{" "}
      <Button size="compact-sm" variant="default" onClick={clear}>
        Show all
      </Button>
    </p>
  );
}
