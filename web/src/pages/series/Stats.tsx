// The range in numbers: one row for each series. Of power also the energy, because that is what power is measured for.
import { Table, Title, Tooltip } from "@mantine/core";
import { useAnswer } from "~/api/ask";
import type { SeriesSummary } from "~/api/types";
import { count, value } from "~/look/words";
import { labelsOf } from "~/parts/chart/answer";
import { cut } from "~/parts/chart/places";
import { isLive } from "~/parts/chart/range";
import { Shown } from "~/parts/States";
import { usePreferences } from "~/shell/preferences";
import type { Choices } from "./choices";
import classes from "./series.module.css";
import { energyOf } from "./stats";
import { times } from "./takeaway";

const MOST = 100;

export function Stats({ choices }: { choices: Choices }) {
  const { match, ids, range } = choices;
  const [{ utc }] = usePreferences();
  const summary = useAnswer(
    "GET /api/v1/series/summary",
    { query: { match, id: ids, ...times(range, Math.floor(Date.now() / 60_000) * 60_000_000, utc) } },
    { placeholderData: (before) => before, refetchInterval: isLive(range) ? 15_000 : false },
  );
  return (
    <section className={`w-card ${classes.stats}`}>
      <Title order={2} mb={4}>
        In numbers
      </Title>
      <Shown of={summary}>
        {({ series, of }) => (
          <>
            <Rows series={series.slice(0, MOST)} />
            <p className={`w-dim ${classes.hintline}`}>
              {of === "readings"
                ? "From every reading of the range."
                : `The range is long: from roll-ups of ${of}, the percentile from their means.`}
              {series.length > MOST && ` ${count(series.length - MOST, "more series", "more series")} not shown.`}
            </p>
          </>
        )}
      </Shown>
    </section>
  );
}

function Rows({ series }: { series: SeriesSummary[] }) {
  const labels = labelsOf(series);
  const energy = series.some((one) => energyOf(one) !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on phones, also by keys
    <section className={classes.scroller} tabIndex={0} aria-label="Numbers of the range">
      <Table className="w-number">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Series</Table.Th>
            {["Least", "Mean", "p95", "Most", "Last"].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
            {energy && <Table.Th>Energy</Table.Th>}
            <Table.Th>Readings</Table.Th>
            <Table.Th>
              <Tooltip label="Times without a reading, longer than three usual distances">
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what it means must be reachable without a mouse */}
                <span tabIndex={0}>Gaps</span>
              </Tooltip>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {series.map((one, place) => (
            <Table.Tr key={one.id}>
              <Table.Th scope="row" className={`w-line ${classes.seriesname}`}>
                {cut(labels[place] ?? "", 60)}
              </Table.Th>
              {[one.min, one.mean, one.p95, one.max, one.last].map((number, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns stay where they are
                <Table.Td key={column}>{value(number, one.unit)}</Table.Td>
              ))}
              {energy && <Table.Td>{energyOf(one) ?? ""}</Table.Td>}
              <Table.Td>{one.count.toLocaleString("en")}</Table.Td>
              <Table.Td>{one.gaps ?? "–"}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
