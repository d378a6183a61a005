// The line itself, the careful way beside it, and what it will and will not allow on the machine.
import { Alert, Button, Tabs, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { NewJoinTokenInfo } from "~/api/types";
import { When } from "~/look/When";
import { count } from "~/look/words";
import { CopyLine, CopyWide } from "~/parts/Copy";
import classes from "./add.module.css";
import { careful, partsOf, type Wish } from "./ways";

interface Props {
  made: NewJoinTokenInfo;
  wish: Wish;
  again: () => void;
}

export function Line({ made, wish, again }: Props) {
  const parts = partsOf(made.line);
  return (
    <div className={classes.column}>
      {made.reach === "machine" && (
        <Alert color="yellow">It works on the hub’s own machine only, because the hub listens to nobody else.</Alert>
      )}
      <Tabs defaultValue="line" variant="pills">
        <Tabs.List mb="xs">
          <Tabs.Tab value="line">One line</Tabs.Tab>
          {parts && <Tabs.Tab value="careful">Read it first</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="line">
          <p>Paste this into a terminal of that machine:</p>
          <div className={classes.line}>
            <code data-paste="">{made.line}</code>
          </div>
          <CopyWide text={made.line} label="Copy the line" />
        </Tabs.Panel>
        {parts && (
          <Tabs.Panel value="careful">
            <p>
              Fetch the script, read it, run it. It takes the agent only with this checksum, and asks for the token:
            </p>
            {careful(parts).map((step) => (
              <CopyLine key={step} text={step} />
            ))}
            <CopyLine text={made.token} label="Copy the token" />
          </Tabs.Panel>
        )}
      </Tabs>
      <Allowed />
      <Text size="sm" className="w-dim">
        For {count(made.uses, "machine")}; ends <When at={made.expires} />
        {wish.accept ? "; they are let in by themselves." : "; you are asked when they come."}{" "}
        <Button size="compact-sm" variant="subtle" onClick={again}>
          Another line
        </Button>
      </Text>
    </div>
  );
}

function Allowed() {
  return (
    <ul className={classes.allowed}>
      <li>
        <IconCheck size={16} aria-hidden="true" className={classes.yes} />
        <span>The hub gets its numbers (processor, memory, disks, temperatures …) and its logs.</span>
      </li>
      <li>
        <IconX size={16} aria-hidden="true" className={classes.no} />
        <span>
          The hub cannot run anything there, nor change or read its files, until somebody types on the machine itself{" "}
          <code>sudo wacket-agent allow run</code>
        </span>
      </li>
    </ul>
  );
}
