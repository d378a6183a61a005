// What the list is to screen readers: a table. A real <table> cannot leave out the rows that are not in sight.
export const TABLE = { role: "table", tabIndex: 0, "aria-label": "Log lines", "aria-rowcount": -1 } as const;
export const GROUP = { role: "rowgroup" } as const;
export const ROW = { role: "row" } as const;
export const CELL = { role: "cell" } as const;
export const HEADING = { role: "columnheader" } as const;
