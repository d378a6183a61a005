// What a board or a program must say, with the address of this hub filled in.
import { Tabs, TextInput } from "@mantine/core";
import { useState } from "react";
import { CopyButton } from "~/parts/Copy";
import classes from "./add.module.css";
import { nodeName, sketches, type Ways } from "./sketches";

export function Board({ ways }: { ways: Ways }) {
  const [name, setName] = useState("");
  const all = sketches(ways, name);
  if (!all.length) return <p>This hub has no door for devices open: see [doors] in its settings.</p>;
  return (
    <div className={classes.column}>
      <p>
        Anything that can print a line is heard: send <code>name:value</code>, and a chart appears. No account, no
        library.
      </p>
      <TextInput
        label="What is it called"
        placeholder="greenhouse"
        value={name}
        onChange={(event) => setName(nodeName(event.currentTarget.value))}
        className={classes.short}
      />
      <Tabs defaultValue={all[0]?.id ?? "tcp"} variant="pills">
        <Tabs.List mb="xs">
          {all.map((one) => (
            <Tabs.Tab key={one.id} value={one.id}>
              {one.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map((one) => (
          <Tabs.Panel key={one.id} value={one.id}>
            <p>{one.about}</p>
            <div className={classes.line}>
              <code>{one.text}</code>
              <CopyButton text={one.text} label={`Copy: ${one.title}`} />
            </div>
          </Tabs.Panel>
        ))}
      </Tabs>
      <p className="w-dim">
        {ways.alone
          ? "From the hub’s own machine it is in at once."
          : "From the network it appears below as soon as it speaks; what it sends is kept, and is its own once you adopt it."}
      </p>
    </div>
  );
}
