// The same at another time, or again and again.
import { Button, Popover, Text, TextInput } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useAct } from "~/api/ask";
import type { NewJob } from "~/api/types";
import { told } from "~/look/tell";
import { seconds } from "./compose";
import classes from "./run.module.css";

/** `job` says what is wrong by itself, and is null then. */
export function Later({ job }: { job: () => NewJob | null }) {
  const [opened, setOpened] = useState(false);
  const [at, setAt] = useState("");
  const [every, setEvery] = useState("1d");
  const make = useAct("POST /api/v1/schedules", {
    done: () => {
      setOpened(false);
      told("The schedule is made.");
    },
  });
  const length = every.trim() ? seconds(every) : null;
  const wrong = length !== null && !(length >= 10);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const asked = job();
    if (!asked || wrong || (!at && length === null)) return;
    make.mutate({ body: { job: asked, every: length, at: at ? new Date(at).toISOString() : null } });
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus returnFocus position="bottom-start">
      <Popover.Target>
        <Button variant="default" leftSection={<IconClock size={16} />} onClick={() => setOpened(!opened)}>
          Later …
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={send} className={classes.later}>
          <TextInput
            type="datetime-local"
            label="First at"
            description="Your time; empty: now."
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
          <TextInput
            label="Then each"
            description="30m, 1h, 1d; empty: only once."
            value={every}
            error={wrong && "A number and s, m, h or d; at least 10s"}
            onChange={(event) => setEvery(event.currentTarget.value)}
          />
          <Text size="sm" className="w-dim">
            Your rights are looked at again each time.
          </Text>
          <Button type="submit" loading={make.isPending}>
            Make the schedule
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
