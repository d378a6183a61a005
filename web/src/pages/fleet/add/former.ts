// PURE: which node a machine that comes may have been before it was installed anew.
import type { FleetRow } from "~/live/wire";

interface Comer {
  name: string;
  host: string;
}

/** The hub gives a name that is taken a number: `pi-11-2` may be `pi-11`, if that is not there. "" if none is. */
export function formerOf({ name, host }: Comer, rows: Iterable<FleetRow>): string {
  const called = new Set([host, name.replace(/-\d+$/, "")].filter((one) => one && one !== name));
  for (const row of rows) {
    if (called.has(row.name) && row.agent && (row.presence === "down" || row.presence === "off")) return row.name;
  }
  return "";
}
