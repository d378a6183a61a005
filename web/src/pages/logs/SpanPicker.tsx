// A range of time with a beginning and an end, typed or shortened.
import { ActionIcon, Button, Popover, Stack, TextInput, Tooltip } from "@mantine/core";
import { IconCalendarTime } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Filter } from "./filter";
import { field, instant } from "./span";

interface Props {
  filter: Filter;
  utc: boolean;
  change: (some: Partial<Filter>) => void;
}

export function SpanPicker({ filter, utc, change }: Props) {
  const [opened, setOpened] = useState(false);
  const zone = utc ? " (UTC)" : "";
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    change({ since: instant(String(given.get("since")), utc), until: instant(String(given.get("until")), utc) });
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-end" withArrow shadow="md">
      <Popover.Target>
        <Tooltip label="From when to when">
          <ActionIcon
            size="lg"
            variant={filter.until ? "light" : "default"}
            color={filter.until ? "blue" : "gray"}
            onClick={() => setOpened(!opened)}
            aria-label="From when to when"
          >
            <IconCalendarTime size={18} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={send}>
          <Stack gap="sm">
            <TextInput
              type="datetime-local"
              step={1}
              name="since"
              label={`From${zone}`}
              defaultValue={field(filter.since, utc)}
            />
            <TextInput
              type="datetime-local"
              step={1}
              name="until"
              label={`To${zone}`}
              description="Empty: until now, and what arrives"
              defaultValue={field(filter.until, utc)}
            />
            <Button type="submit" size="xs">
              Show
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
