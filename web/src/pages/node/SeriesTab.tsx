// Every series of a node with its newest value; those that are ticked are drawn together.
import { Button, Checkbox, ScrollArea, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useAnswer } from "~/api/ask";
import { searchOf } from "~/api/client";
import type { SeriesInfo } from "~/api/types";
import { useNow } from "~/live/clock";
import { isStale, When } from "~/look/When";
import { count, microseconds, value } from "~/look/words";
import { Chart } from "~/parts/chart/Chart";
import { useSeries } from "~/parts/chart/useSeries";
import { Empty, Shown } from "~/parts/States";
import type { TabProps } from "./Node";
import classes from "./node.module.css";
import { labelOf } from "./panels";

const MOST_ROWS = 200; // more are found by searching
const EACH = 10_000;

export default function SeriesTab({ node }: TabProps) {
  const [find, setFind] = useState("");
  const [ticked, setTicked] = useState<number[]>([]);
  const series = useAnswer("GET /api/v1/series", { query: { node: node.name } }, { refetchInterval: EACH });
  return (
    <Shown of={series}>
      {({ series: all }) => {
        const fitting = all.filter((one) => labelOf(one).toLowerCase().includes(find.toLowerCase()));
        if (!all.length) return <Empty title="It has no series yet" />;
        return (
          <>
            <Drawn chosen={all.filter((one) => ticked.includes(one.id))} />
            <div className={classes.tools}>
              <TextInput
                aria-label="Find a series"
                placeholder="Find a series"
                value={find}
                onChange={(event) => setFind(event.currentTarget.value)}
              />
              <Text className="w-dim">{count(fitting.length, "series", "series")}</Text>
            </div>
            <Rows series={fitting.slice(0, MOST_ROWS)} ticked={ticked} onTick={setTicked} />
            {fitting.length > MOST_ROWS && <Text mt="sm">{fitting.length - MOST_ROWS} more; type to find them.</Text>}
          </>
        );
      }}
    </Shown>
  );
}

interface RowsProps {
  series: SeriesInfo[];
  ticked: number[];
  onTick: (ticked: number[]) => void;
}

function Rows({ series, ticked, onTick }: RowsProps) {
  const now = useNow();
  const toggle = (id: number) => onTick(ticked.includes(id) ? ticked.filter((one) => one !== id) : [...ticked, id]);
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Series" }}>
      <Table miw={420}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Series</Table.Th>
            <Table.Th className={classes.right}>Value</Table.Th>
            <Table.Th>Heard</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {series.map((one) => {
            const stale = one.at !== null && isStale(microseconds(one.at), one.period, now);
            return (
              <Table.Tr key={one.id} className={stale ? "w-stale" : ""}>
                <Table.Td>
                  <Checkbox
                    label={<span className="w-told">{labelOf(one)}</span>}
                    checked={ticked.includes(one.id)}
                    onChange={() => toggle(one.id)}
                  />
                </Table.Td>
                <Table.Td className={`w-number ${classes.right}`}>{value(one.value, one.unit)}</Table.Td>
                <Table.Td>
                  <When at={one.at} /> {stale && "(stale)"}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Drawn({ chosen }: { chosen: SeriesInfo[] }) {
  const units = [...new Set(chosen.map((one) => one.unit))];
  if (!chosen.length)
    return (
      <Text className="w-dim" mb="sm">
        Tick some to draw them.
      </Text>
    );
  return (
    <section className={`w-card ${classes.drawn}`}>
      {units.map((unit) => (
        <OfUnit key={unit} series={chosen.filter((one) => one.unit === unit)} />
      ))}
      <Button
        component={Link}
        variant="default"
        size="xs"
        mt="sm"
        href={`/series?${searchOf({ id: chosen.map((one) => one.id) })}`}
      >
        Open in the explorer
      </Button>
    </section>
  );
}

function OfUnit({ series }: { series: SeriesInfo[] }) {
  const { lines, since, until } = useSeries({ ids: series.map((one) => one.id), range: "1h" });
  const title = series.map(labelOf).join(", ");
  return <Chart title={title} lines={lines} since={since} until={until} height={180} group="chosen" />;
}
