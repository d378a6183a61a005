// Chooses a range of time: one of the usual ones, a length that is typed, or two moments. Knows nothing of addresses.
import { Button, Popover, Text, TextInput } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { hubNow } from "~/live/clock";
import { usePreferences } from "~/shell/preferences";
import classes from "./chart.module.css";
import { between, bounds, isRange, RANGES, rangeText } from "./range";

interface Props {
  /** In the words of `range.ts`. */
  range: string;
  onRange: (range: string) => void;
}

export function RangePicker({ range, onRange }: Props) {
  const [opened, setOpened] = useState(false);
  const [{ utc }] = usePreferences();
  const take = (one: string) => {
    onRange(one);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          aria-label={`Range: ${rangeText(range, utc)}`}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          onClick={() => setOpened(!opened)}
        >
          {rangeText(range, utc)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.ranges}>
        <div className={classes.usual}>
          {RANGES.map(({ value, label }) => (
            <Button
              key={value}
              size="compact-sm"
              justify="start"
              variant={value === range ? "light" : "subtle"}
              color={value === range ? "blue" : "gray"}
              aria-pressed={value === range}
              onClick={() => take(value)}
            >
              {label}
            </Button>
          ))}
        </div>
        <Own range={range} utc={utc} take={take} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Own({ range, utc, take }: { range: string; utc: boolean; take: (range: string) => void }) {
  const [since, until] = bounds(range, hubNow(), utc);
  const [from, setFrom] = useState(fieldText(since, utc));
  const [to, setTo] = useState(fieldText(until, utc));
  const [length, setLength] = useState("");
  const wrong = length !== "" && !isRange(length.trim());
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (length && !wrong) take(length.trim());
    else if (moment(to, utc) > moment(from, utc)) take(between(moment(from, utc), moment(to, utc)));
  };
  return (
    <form onSubmit={send} className={classes.own}>
      <TextInput
        label="The last"
        placeholder="45m, 3h, 90d"
        value={length}
        error={wrong && "A number and s, m, h, d or w"}
        onChange={(event) => setLength(event.currentTarget.value)}
      />
      <Text size="sm" className="w-dim">
        or between{utc && " (UTC)"}
      </Text>
      <Moment label="From" text={from} change={setFrom} />
      <Moment label="To" text={to} change={setTo} />
      {moment(to, utc) <= moment(from, utc) && (
        <Text size="sm" c="red">
          “To” must be later than “from”.
        </Text>
      )}
      <Button type="submit" size="compact-sm">
        Show
      </Button>
    </form>
  );
}

function Moment({ label, text, change }: { label: string; text: string; change: (text: string) => void }) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      step={1}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** µs → what a field for date and time holds. */
export function fieldText(at: number, utc: boolean): string {
  const date = new Date(at / 1000);
  const shifted = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

/** What a field for date and time holds → µs. */
export function moment(text: string, utc: boolean): number {
  return Date.parse(utc ? `${text}Z` : text) * 1000;
}
