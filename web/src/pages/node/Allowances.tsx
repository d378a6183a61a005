// What the machine allows. It is decided there; here it can only be seen, with the line that its owner types.
import { Text, Title } from "@mantine/core";
import { Status } from "~/look/Status";
import { CopyButton } from "~/parts/Copy";
import { allowances } from "./allowed";
import classes from "./node.module.css";

export function Allowances({ allows }: { allows: Record<string, boolean> }) {
  return (
    <section className="w-card">
      <Title order={2}>What it allows</Title>
      <Text size="sm" className="w-dim" mb="sm">
        Decided by its owner, on the machine. The hub can only ask.
      </Text>
      <ul className={classes.allowances}>
        {allowances(allows).map((one) => (
          <li key={one.name}>
            <Status state={one.allowed ? "up" : "off"} word={one.allowed ? "yes" : "no"} />
            <span>{one.means}</span>
            <code>{one.line}</code>
            <CopyButton text={one.line} label={`Copy ${one.line}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}
