// What was found before: how many clusters, over time.
import { Title } from "@mantine/core";
import { useMemo } from "react";
import type { EarlierResult } from "~/api/types";
import { microseconds } from "~/look/words";
import { Chart } from "~/parts/chart/Chart";
import type { Line } from "~/parts/chart/shape";

export function Earlier({ history }: { history: EarlierResult[] }) {
  const line = useMemo((): Line => {
    const old = [...history].sort((a, b) => microseconds(a.at) - microseconds(b.at));
    return {
      id: "clusters",
      label: "clusters",
      unit: "",
      at: old.map((one) => microseconds(one.at)),
      value: old.map((one) => one.clusters),
    };
  }, [history]);
  if (line.at.length < 2) return null;
  const [first, last] = [line.at[0] as number, line.at[line.at.length - 1] as number];
  return (
    <section className="w-card">
      <Title order={2} mb={8}>
        Earlier results
      </Title>
      <Chart lines={[line]} title="How many clusters were found" since={first} until={last} height={140} least={0} />
    </section>
  );
}
