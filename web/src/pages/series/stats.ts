// PURE: what the numbers of a range mean.
import { value } from "~/look/words";

/** Watts times hours as energy, in the unit that people pay for; null where a series is no power. */
export function energyOf({ unit, integral }: { unit: string; integral: number | null }): string | null {
  const watts = { W: 1, kW: 1_000, MW: 1_000_000 }[unit];
  if (!watts || integral === null) return null;
  const hours = integral * watts;
  if (Math.abs(hours) >= 1_000_000) return value(hours / 1_000_000, "MWh");
  return Math.abs(hours) >= 1_000 ? value(hours / 1_000, "kWh") : value(hours, "Wh");
}
