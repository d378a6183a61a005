// One job: what was asked, how far it is, folded answers, and each machine. Goes on while one looks.
import { Button, Group, Tabs, Text, Title } from "@mantine/core";
import { IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { Link, useLocation, useSearchParams } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import { Status } from "~/look/Status";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import { CopyLine } from "~/parts/Copy";
import { askedFor, stateOf } from "~/parts/job/shape";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown, Trouble, Wait } from "~/parts/States";
import { Answers } from "./Answers";
import { searchOf } from "./compose";
import { anyFailed, type Job, progress, wishAgain } from "./job";
import { Machines } from "./Machines";
import classes from "./run.module.css";

const EACH = 3_000; // should a change be missed

export function JobPage({ number }: { number: number }) {
  const asked = useAnswer(
    "GET /api/v1/jobs/{job}",
    { path: { job: number } },
    { refetchInterval: ({ state }) => ((state.data as unknown as Job | undefined)?.open ? EACH : false) },
  );
  if (asked.error?.status === 404) {
    return (
      <>
        <PageHead title={`Job ${number}`} name={`Job ${number}`} />
        <Empty title="There is no such job">
          <Link href="/run">All jobs</Link>
        </Empty>
      </>
    );
  }
  if (asked.error && !asked.data) return <Trouble error={asked.error} again={() => void asked.refetch()} />;
  if (!asked.data) return <Wait />;
  return <Known job={asked.data as unknown as Job} />;
}

function Known({ job }: { job: Job }) {
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") === "machines" ? "machines" : "answers";
  const show = (next: string | null) => setSearch(next === "machines" ? { tab: "machines" } : {}, { replace: true });
  return (
    <>
      <PageHead title={`Job ${job.id}`} name={`Job ${job.id}`} actions={<Acts job={job} />}>
        <Status state={stateOf(job)} large />
        <span aria-live="polite">{progress(job)}</span>
        <span className="w-dim">
          <span className="w-told">{job.actor}</span>, <When at={job.at} />
        </span>
      </PageHead>
      <pre className={`w-mono ${classes.asked}`}>{askedFor(job)}</pre>
      <Text mb="sm">
        on <span className="w-mono w-told">{job.target}</span>
        {job.user && ` as ${job.user}`}
        {job.repeats && (
          <>
            {" "}
            · again as <Link href={`/run/${job.repeats}`}>job {job.repeats}</Link>
          </>
        )}
        {job.schedule && ` · by schedule ${job.schedule}`}
      </Text>
      <div className={classes.states}>
        {Object.entries(job.counts).map(([state, number]) => (
          <span key={state}>
            <b className="w-number">{number}</b> <Status state={state} />
          </span>
        ))}
      </div>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="answers">Answers, equal ones together</Tabs.Tab>
          <Tabs.Tab value="machines">Each machine</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="answers">
          <Folded job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="machines">
          <Machines job={job} />
        </Tabs.Panel>
      </Tabs>
      <LeftOut job={job} />
      <Text size="sm" fw={500} mt="lg" mb={4}>
        The same in the terminal
      </Text>
      <CopyLine text={`wacket job show ${job.id}`} />
    </>
  );
}

function Folded({ job }: { job: Job }) {
  const answers = useAnswer(
    "GET /api/v1/jobs/{job}/answers",
    { path: { job: job.id } },
    { refetchInterval: job.open ? EACH : false },
  );
  return <Shown of={answers}>{(found) => <Answers answers={found.answers} job={job.id} />}</Shown>;
}

function Acts({ job }: { job: Job }) {
  const [, go] = useLocation();
  const operates = useMay("operate");
  const path = { job: job.id };
  const cancel = useAct("POST /api/v1/jobs/{job}/cancel", { done: () => told("Its programs are being ended.") });
  const repeat = useAct("POST /api/v1/jobs/{job}/repeat", { done: (made) => go(`/run/${made.id}`) });
  if (!operates) return null;
  return (
    <Group gap="xs">
      {job.open && (
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ path, body: {} })}
        >
          Cancel
        </Button>
      )}
      {!job.open && anyFailed(job) && (
        <Button
          variant="default"
          loading={repeat.isPending}
          onClick={() => repeat.mutate({ path, body: { only: "failed" } })}
        >
          Again where it failed
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconRepeat size={16} />}
        loading={repeat.isPending}
        onClick={() => repeat.mutate({ path, body: {} })}
      >
        Again
      </Button>
      <Button variant="subtle" component={Link} href={`/run?${searchOf(wishAgain(job) as never)}`}>
        Change it …
      </Button>
    </Group>
  );
}

function LeftOut({ job }: { job: Job }) {
  if (!job.left_out.length) return null;
  return (
    <section className="w-card">
      <Title order={2} mb="xs">
        Left out
      </Title>
      <ul className={classes.reasons}>
        {job.left_out.slice(0, 100).map((one) => (
          <li key={one.node}>
            <span className="w-told">{one.node}</span>: {one.why}
          </li>
        ))}
      </ul>
    </section>
  );
}
