// A line to paste on the computer that is to join, with a few choices in plain words.
import { Button, Collapse, NumberInput, Radio, Select, Text } from "@mantine/core";
import { IconChevronDown, IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useAct } from "~/api/ask";
import { useMay } from "~/api/me";
import { fleet } from "~/live/fleet";
import { count } from "~/look/words";
import { CopyLine } from "~/parts/Copy";
import { TagsField } from "~/parts/node/NodeDialogs";
import { readTags } from "~/parts/node/tags";
import { tagText } from "~/parts/target/match";
import classes from "./add.module.css";
import { Line } from "./Line";
import { inTerminal, type Wish } from "./ways";

const HOURS: { value: string; label: string }[] = [
  { value: "1", label: "1 hour" },
  { value: "3", label: "3 hours" },
  { value: "24", label: "a day" },
  { value: "168", label: "a week" },
];
const FIRST: Wish = { tags: {}, uses: 1, hours: 1, accept: false };

export function Computer() {
  const admin = useMay("admin");
  const [wish, setWish] = useState(FIRST);
  const make = useAct("POST /api/v1/join-tokens");
  if (!admin) return <NotAdmin />;
  if (make.data) return <Line made={make.data} wish={wish} again={() => make.reset()} />;
  return (
    <div className={classes.column}>
      <p>
        Linux or macOS with Python 3.8 or newer. You get one line to paste there; the machine then appears below by
        itself.
      </p>
      <Button
        leftSection={<IconKey size={16} />}
        loading={make.isPending}
        onClick={() => make.mutate({ body: wish })}
        className={classes.first}
      >
        Make the line
      </Button>
      <Options wish={wish} set={setWish} />
    </div>
  );
}

function NotAdmin() {
  return (
    <p>
      Only an admin may let a computer join. Ask one for a line; they get it here, or with{" "}
      <code>wacket token create</code>. What has joined and waits you can let in yourself, below.
    </p>
  );
}

function Options({ wish, set }: { wish: Wish; set: (wish: Wish) => void }) {
  const [opened, setOpened] = useState(false);
  const known = [...new Set([...fleet.rows.values()].flatMap((row) => Object.entries(row.tags).map(tagText)))];
  return (
    <div>
      <button type="button" className={classes.more} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <IconChevronDown size={16} aria-hidden="true" data-opened={opened} />
        {summary(wish)}
      </button>
      <Collapse expanded={opened}>
        <div className={classes.options}>
          <NumberInput
            label="How many machines may use it"
            min={1}
            max={10_000}
            value={wish.uses}
            onChange={(uses) => set({ ...wish, uses: Math.max(1, Number(uses) || 1) })}
          />
          <Select
            label="For how long"
            data={HOURS}
            allowDeselect={false}
            value={String(wish.hours)}
            onChange={(hours) => set({ ...wish, hours: Number(hours ?? 1) })}
          />
          <TagsField
            value={Object.entries(wish.tags).map(tagText)}
            known={known}
            onChange={(tags) => set({ ...wish, tags: readTags(tags) })}
          />
          <Radio.Group
            label="When it comes"
            value={wish.accept ? "yes" : "no"}
            onChange={(accept) => set({ ...wish, accept: accept === "yes" })}
          >
            <div className={classes.radios}>
              <Radio value="no" label="Ask me" description="You compare a short code, then let it in." />
              <Radio value="yes" label="Let it in by itself" description="Whoever has the line is in." />
            </div>
          </Radio.Group>
          <Text size="sm" className="w-dim">
            The same in the terminal of the hub:
          </Text>
          <CopyLine text={inTerminal(wish)} />
        </div>
      </Collapse>
    </div>
  );
}

function summary({ tags, uses, hours, accept }: Wish): string {
  const long = HOURS.find((one) => Number(one.value) === hours)?.label ?? `${hours} hours`;
  const told = Object.entries(tags).map(tagText);
  const words = [`for ${count(uses, "machine")}`, `for ${long}`, accept ? "let in by itself" : "I am asked"];
  return `Options: ${[...words, ...told].join(", ")}`;
}
