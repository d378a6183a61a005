// How many are how, each count a button that shows only those; a text to find; table or seats.
import { SegmentedControl, TextInput } from "@mantine/core";
import { Status } from "~/look/Status";
import type { Seen, View } from "./address";
import classes from "./class.module.css";

interface Props {
  seen: Seen;
  change: (change: Partial<Seen>) => void;
  counts: Map<string, number>;
  all: number;
}

export function Filter({ seen, change, counts, all }: Props) {
  const toggle = (word: string) => {
    const states = seen.states.includes(word) ? seen.states.filter((one) => one !== word) : [...seen.states, word];
    change({ states });
  };
  return (
    <div className={classes.filter}>
      <fieldset className={classes.counts}>
        <legend className="w-heard">Show only</legend>
        <button
          type="button"
          className={classes.count}
          aria-pressed={!seen.states.length}
          onClick={() => change({ states: [] })}
        >
          all <b className="w-number">{all}</b>
        </button>
        {[...counts].map(([word, count]) => (
          <button
            key={word}
            type="button"
            className={classes.count}
            aria-pressed={seen.states.includes(word)}
            data-none={!count}
            onClick={() => toggle(word)}
          >
            <Status state={word} /> <b className="w-number">{count}</b>
          </button>
        ))}
      </fieldset>
      <TextInput
        aria-label="Find a person, a seat, a board or an answer"
        placeholder="Find"
        size="xs"
        className={classes.find}
        value={seen.find}
        onChange={(event) => change({ find: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label="View"
        size="xs"
        value={seen.view}
        onChange={(view) => change({ view: view as View })}
        data={[
          { value: "table", label: "Table" },
          { value: "seats", label: "Seats" },
        ]}
      />
    </div>
  );
}
