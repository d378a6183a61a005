// Each cluster in numbers, with bars to compare them by eye.
import { Table, useComputedColorScheme } from "@mantine/core";
import { value } from "~/look/words";
import classes from "./clusters.module.css";
import { colourOf } from "./drawing";
import { AVERAGES, type Named } from "./model";
import { shapePath } from "./shapes";

interface Props {
  clusters: Named[];
  /** The cluster that is looked at, by its place. */
  onFocus: (place: number | null) => void;
}

export function Averages({ clusters, onFocus }: Props) {
  const scheme = useComputedColorScheme("light");
  const largest = AVERAGES.map(({ field }) => Math.max(...clusters.map((one) => Math.abs(one[field])), 1e-12));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on phones, also by keys
    <section className={classes.scroller} tabIndex={0} aria-label="Averages of the clusters">
      <Table className="w-number">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Cluster</Table.Th>
            <Table.Th>Events</Table.Th>
            {AVERAGES.map(({ field, label, unit }) => (
              <Table.Th key={field}>
                {label} <span className="w-dim">{unit}</span>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clusters.map((one) => (
            <Table.Tr key={one.label} onMouseEnter={() => onFocus(one.place)} onMouseLeave={() => onFocus(null)}>
              <Table.Th scope="row">
                <button
                  type="button"
                  className={classes.cluster}
                  onFocus={() => onFocus(one.place)}
                  onBlur={() => onFocus(null)}
                  title="Show it among the others"
                >
                  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                    <path d={shapePath(one.place)} fill={colourOf(one.place, scheme)} />
                  </svg>
                  {one.name}
                </button>
              </Table.Th>
              <Cell text={`${one.count.toLocaleString("en")} · ${percent(one.share)}`} share={one.share} />
              {AVERAGES.map(({ field }, place) => (
                <Cell key={field} text={value(one[field])} share={Math.abs(one[field]) / (largest[place] as number)} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(100 * share)} %`;
}

function Cell({ text, share }: { text: string; share: number }) {
  return (
    <Table.Td>
      {text}
      <span className={classes.bar} aria-hidden="true">
        <span style={{ width: `${Math.round(100 * share)}%` }} />
      </span>
    </Table.Td>
  );
}
