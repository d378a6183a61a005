// What this place is called and what it is: the kind decides what is offered first, and nothing else.
import { Button, Radio, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct, useAnswer } from "~/api/ask";
import type { PlaceInfo } from "~/api/types";
import { sentence } from "~/look/tell";
import { Shown } from "~/parts/States";
import classes from "./first.module.css";
import { KINDS, type Kind } from "./steps";

export function PlaceStep({ next }: { next: () => void }) {
  const place = useAnswer("GET /api/v1/place");
  return <Shown of={place}>{(data) => <Form place={data} next={next} />}</Shown>;
}

function Form({ place, next }: { place: PlaceInfo; next: () => void }) {
  const [name, setName] = useState(place.name);
  const [kind, setKind] = useState<Kind>(place.kind);
  const act = useAct("PUT /api/v1/place", { quiet: true, done: next });
  const send = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ body: { name: name.trim() || place.name, kind } });
  };
  return (
    <form className={`w-card ${classes.card}`} onSubmit={send}>
      <h1>What place is this?</h1>
      <TextInput
        label="Name of the place"
        description="It stands at the top of every page."
        value={name}
        maxLength={80}
        onChange={(event) => setName(event.currentTarget.value)}
        error={act.error && sentence(act.error.message)}
      />
      <Radio.Group label="I run …" value={kind} onChange={(chosen) => setKind(chosen as Kind)}>
        <div className={classes.kinds}>
          {KINDS.map((one) => (
            <Radio.Card key={one.kind} value={one.kind} className={classes.kind} aria-label={one.title}>
              <Radio.Indicator />
              <span>
                <b>{one.title}</b>
                <span className="w-dim">{one.about}</span>
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      <div className={classes.acts}>
        <Button type="submit" loading={act.isPending} className={classes.next}>
          Go on
        </Button>
        <Button variant="subtle" onClick={next}>
          Skip
        </Button>
      </div>
    </form>
  );
}
