// What was run: searched, older ones when they are asked for.
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { call, type HubError } from "~/api/client";
import type { JobList } from "~/api/types";
import { JobRows } from "~/parts/job/JobRows";
import type { JobRow } from "~/parts/job/shape";
import { Empty, Shown } from "~/parts/States";
import classes from "./run.module.css";

const STATES = [
  { value: "open", label: "not ended" },
  { value: "failed", label: "with failures" },
  { value: "timed_out", label: "with time-outs" },
  { value: "expired", label: "with expired ones" },
  { value: "succeeded", label: "with successes" },
];

export function History() {
  const [search, setSearch] = useSearchParams();
  const find = search.get("find") ?? "";
  const state = search.get("state") ?? "";
  const [asked] = useDebouncedValue(find, 250);
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  const jobs = useInfiniteQuery<JobList, HubError, { pages: JobList[] }, unknown[], number | null>({
    queryKey: ["GET /api/v1/jobs", asked, state],
    queryFn: ({ pageParam, signal }) =>
      call("GET /api/v1/jobs", { query: { limit: 30, before: pageParam, find: asked, state }, signal }),
    initialPageParam: null,
    getNextPageParam: (last) => last.before,
  });
  return (
    <>
      <div className={classes.filters}>
        <TextInput
          label="Find in commands, targets, authors"
          value={find}
          onChange={(event) => set("find", event.currentTarget.value)}
        />
        <Select
          label="Only"
          placeholder="all"
          clearable
          data={STATES}
          value={state || null}
          onChange={(next) => set("state", next ?? "")}
        />
      </div>
      <Shown of={jobs}>
        {({ pages }) => {
          const found = pages.flatMap((page) => page.jobs) as unknown as JobRow[];
          if (!found.length) {
            return (
              <Empty title={asked || state ? "Nothing fits" : "Nothing was run yet"}>
                <span>Every command that is run stays here, with its answers.</span>
              </Empty>
            );
          }
          return (
            <section className="w-card">
              <JobRows jobs={found} />
              {jobs.hasNextPage && (
                <Button
                  mt="md"
                  variant="default"
                  loading={jobs.isFetchingNextPage}
                  onClick={() => void jobs.fetchNextPage()}
                >
                  Older
                </Button>
              )}
            </section>
          );
        }}
      </Shown>
    </>
  );
}
