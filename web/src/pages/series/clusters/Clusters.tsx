// The clusters of the energy events: what they are, how many, since when, and when they are computed again.
import { Button, Group, Progress, Text, Title, Tooltip } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { ClustersNow } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import { count } from "~/look/words";
import { PageHead } from "~/parts/PageHead";
import { Shown } from "~/parts/States";
import { Averages } from "./Averages";
import classes from "./clusters.module.css";
import { Earlier } from "./Earlier";
import { NONE, named } from "./model";
import { NoClusters } from "./NoClusters";
import { Scatter } from "./Scatter";

export default function Clusters() {
  const clusters = useAnswer("GET /api/v1/clusters", {}, { refetchInterval: 10_000 });
  return (
    <>
      <PageHead
        title="Clusters"
        name="Clusters"
        actions={<Compute missing={clusters.data?.next.pending === 0 && !clusters.data.at} />}
      >
        <Link href="/series">Series</Link>
      </PageHead>
      <Shown of={clusters}>{(found) => (found.at ? <Found found={found} /> : <NoClusters next={found.next} />)}</Shown>
    </>
  );
}

function Compute({ missing }: { missing: boolean }) {
  const may = useMay("operate");
  const compute = useAct("POST /api/v1/clusters/compute", {
    done: ({ clusters = [], events = 0, seconds = 0 }) => {
      const many = clusters.filter((one) => one.label !== NONE).length;
      told(`${count(many, "cluster")} of ${count(events, "event")}, in ${seconds.toFixed(1)} s.`);
    },
  });
  const why = may ? "" : "For this the right “operate” is needed; an admin can give it.";
  return (
    <Tooltip label={why} disabled={!why}>
      <Button
        data-disabled={!may || missing || undefined}
        aria-disabled={!may || missing}
        variant="default"
        loading={compute.isPending}
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        onClick={() => may && !missing && compute.mutate({})}
      >
        Compute now
      </Button>
    </Tooltip>
  );
}

function Found({ found }: { found: ClustersNow }) {
  const [focus, setFocus] = useState<number | null>(null);
  const clusters = named(found.clusters ?? []);
  const many = clusters.filter((one) => one.label !== NONE).length;
  const { events = 0, sample = 0, skipped = 0, seconds = 0, bandwidth = 0 } = found;
  return (
    <div className={classes.page}>
      <section className={`w-card ${classes.head}`}>
        <div>
          <Text className={classes.many}>{count(many, "cluster")}</Text>
          <Text>
            of {count(events, "event")}, computed <When at={found.at} /> in {seconds.toFixed(1)} s.
          </Text>
          <Text className="w-dim">
            {found.since && (
              <>
                As many since <When at={found.since} />.{" "}
              </>
            )}
            {sample < events && `${count(sample, "event")} of them were clustered and the rest assigned. `}
            {skipped > 0 && `${count(skipped, "event")} lack a number that is needed and do not count. `}
            Bandwidth {bandwidth.toPrecision(3)}.
          </Text>
        </div>
        <Next next={found.next} />
      </section>
      <section className="w-card">
        <Title order={2} mb={8}>
          What they are
        </Title>
        <Averages clusters={clusters} onFocus={setFocus} />
      </section>
      <section className="w-card">
        <Title order={2} mb={8}>
          Any two features
        </Title>
        <Scatter features={found.features} clusters={clusters} focus={focus} />
      </section>
      <Earlier history={found.history} />
    </div>
  );
}

function Next({ next }: { next: ClustersNow["next"] }) {
  const { every, pending, missing, about, computing } = next;
  return (
    <div className={classes.next}>
      <Group justify="space-between">
        <Text fw={600}>The next computation</Text>
        <span className="w-number">
          {pending.toLocaleString("en")} of {every.toLocaleString("en")}
        </span>
      </Group>
      <Progress value={Math.min(100, (100 * pending) / every)} aria-label="New events until the next computation" />
      <Text className="w-dim">
        {computing ? (
          "They are being computed just now."
        ) : (
          <>
            After {count(every, "new event")}: {count(missing, "more is", "more are")} missing
            {about && (
              <>
                , about <When at={about} />
              </>
            )}
            .
          </>
        )}
      </Text>
      {next.why.includes("failed") && <Text role="status">{next.why}</Text>}
    </div>
  );
}
