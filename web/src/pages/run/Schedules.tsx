// Jobs for later, or again and again. One that is over stays until it is removed.
import { Button, ScrollArea, Table, Text } from "@mantine/core";
import { Link } from "wouter";
import { useAct, useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { ScheduleInfo } from "~/api/types";
import { told } from "~/look/tell";
import { When } from "~/look/When";
import { SECOND, span } from "~/look/words";
import { askedFor, type JobRow } from "~/parts/job/shape";
import { Empty, Shown } from "~/parts/States";

export function Schedules() {
  const schedules = useAnswer("GET /api/v1/schedules", {}, { refetchInterval: 30_000 });
  return (
    <Shown of={schedules}>
      {({ schedules: found }) =>
        found.length ? (
          <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Schedules" }}>
            <Table miw={640} className="w-card">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>What</Table.Th>
                  <Table.Th>Where</Table.Th>
                  <Table.Th>Each</Table.Th>
                  <Table.Th>Next</Table.Th>
                  <Table.Th>Last</Table.Th>
                  <Table.Th>
                    <span className="w-heard">Actions</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {found.map((one) => (
                  <Row key={one.id} one={one} />
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea>
        ) : (
          <Empty title="No schedules yet">
            <Text>Write a command above and choose Later.</Text>
          </Empty>
        )
      }
    </Shown>
  );
}

function Row({ one }: { one: ScheduleInfo }) {
  const operates = useMay("operate");
  const remove = useAct("DELETE /api/v1/schedules/{schedule}", { done: () => told("The schedule is removed.") });
  return (
    <Table.Tr>
      <Table.Td>
        <span className="w-mono w-told">{askedFor({ argv: [], digest: "", ...one.job } as unknown as JobRow)}</span>
        <div className="w-dim w-told">{one.author}</div>
      </Table.Td>
      <Table.Td className="w-told">{one.target}</Table.Td>
      <Table.Td className="w-number">{one.every ? span(one.every * SECOND) : "once"}</Table.Td>
      <Table.Td>
        <When at={one.next} never="over" />
      </Table.Td>
      <Table.Td>
        {one.last_job ? <Link href={`/run/${one.last_job}`}>job {one.last_job}</Link> : <When at={one.last} />}
        {one.trouble && <div className="w-told">{one.trouble}</div>}
      </Table.Td>
      <Table.Td>
        {operates && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Remove schedule ${one.id}`}
            onClick={() => remove.mutate({ path: { schedule: one.id } })}
          >
            Remove
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
