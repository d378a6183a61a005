// A device that speaks and belongs to nobody yet: what it said, a name for it, and two ways to answer.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAct } from "~/api/ask";
import type { PendingDevice } from "~/api/types";
import { visible } from "~/look/raw";
import { Status } from "~/look/Status";
import { sentence, told } from "~/look/tell";
import { When } from "~/look/When";
import { count, value } from "~/look/words";
import { refuse } from "~/parts/node/acts";
import classes from "./add.module.css";
import { nodeName } from "./sketches";

export function Device({ device }: { device: PendingDevice }) {
  const [name, setName] = useState(suggested(device.name));
  const act = useAct("PATCH /api/v1/nodes/{name}", {
    quiet: true,
    done: (node) => told(`${node.name} is adopted, with all that it has sent`),
  });
  const adopt = (event: FormEvent) => {
    event.preventDefault();
    const renamed = name && name !== device.name ? { name } : {};
    act.mutate({ path: { name: device.name }, body: { state: "adopted", ...renamed } });
  };
  return (
    <li className={classes.comer} data-state="pending">
      <div className={classes.comerHead}>
        <Status state="pending" word="speaks" large />
        <b className="w-told">{device.name}</b>
        <span className="w-dim">
          {count(device.lines, "line")}, the last <When at={device.last_seen} />
        </span>
      </div>
      <Said device={device} />
      <form className={classes.adopt} onSubmit={adopt}>
        <TextInput
          label="Adopt it as"
          value={name}
          onChange={(event) => setName(nodeName(event.currentTarget.value))}
          placeholder="greenhouse"
          error={act.error && sentence(act.error.message)}
        />
        <Button type="submit" loading={act.isPending}>
          Adopt
        </Button>
        <Button variant="default" onClick={() => refuse(device.name)}>
          Turn it away
        </Button>
      </form>
    </li>
  );
}

function Said({ device: { sample, series, guess } }: { device: PendingDevice }) {
  return (
    <>
      {sample.length > 0 && <pre className={classes.said}>{sample.map(visible).join("\n")}</pre>}
      {series.length > 0 && (
        <p>
          {series.slice(0, 6).map((one) => (
            <span key={`${one.name} ${JSON.stringify(one.labels)}`} className={classes.value}>
              <span className="w-told w-dim">{visible(one.name)}</span>{" "}
              <b className="w-number">{value(one.value, one.unit || guess.units[one.name])}</b>
            </span>
          ))}
        </p>
      )}
    </>
  );
}

/** `greenhouse@192.168.1.20` called itself greenhouse; an address alone is no name. */
function suggested(name: string): string {
  const [own = "", address] = name.split("@");
  return address || !/^[\d.:a-f]+$/i.test(own) ? nodeName(own) : "";
}
