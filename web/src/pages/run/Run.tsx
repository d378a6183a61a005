// Run: what is to be done and where, what was done, schedules. With a number in the address: that job.
import { Tabs } from "@mantine/core";
import { useParams, useSearchParams } from "wouter";
import { PageHead } from "~/parts/PageHead";
import { Empty } from "~/parts/States";
import { Compose } from "./Compose";
import { History } from "./History";
import { JobPage } from "./JobPage";
import { Schedules } from "./Schedules";

export default function Run() {
  const { job } = useParams<{ job?: string }>();
  if (job === undefined) return <Everything />;
  return /^[1-9]\d{0,14}$/.test(job) ? (
    <JobPage key={job} number={Number(job)} />
  ) : (
    <>
      <PageHead title="No such job" name="No such job" />
      <Empty title="Jobs have numbers, as in /run/212" />
    </>
  );
}

function Everything() {
  const [search, setSearch] = useSearchParams();
  const tab = search.get("tab") === "schedules" ? "schedules" : "history";
  const show = (next: string | null) =>
    setSearch(
      (before) => {
        if (next === "schedules") before.set("tab", next);
        else before.delete("tab");
        return before;
      },
      { replace: true },
    );
  return (
    <>
      <PageHead title="Run" name="Run" />
      <Compose />
      <Tabs value={tab} onChange={show} mt="lg" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="history">What was run</Tabs.Tab>
          <Tabs.Tab value="schedules">Schedules</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="history">
          <History />
        </Tabs.Panel>
        <Tabs.Panel value="schedules">
          <Schedules />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
