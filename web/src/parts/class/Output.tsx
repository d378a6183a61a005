// A text that hardware sent, or was sent, by its name: as it is, with what hides made visible, and not more of it at once
// than a page can bear.
import { Button, Text } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { Raw } from "~/look/Raw";
import { count } from "~/look/words";
import { CopyButton } from "../Copy";
import classes from "./class.module.css";

const SHOWN = 4_000; // characters

interface Props {
  title: string;
  text: string;
  /** What stands there if there is none. */
  none?: string;
  wrong?: boolean;
  children?: ReactNode;
}

export function Output({ title, text, none = "nothing", wrong = false, children }: Props) {
  const id = useId();
  const [whole, setWhole] = useState(false);
  const shown = whole ? text : text.slice(0, SHOWN);
  return (
    <section className={classes.output} aria-labelledby={id}>
      <div className={classes.outputHead}>
        <Text id={id} fw={600} size="sm">
          {title}
        </Text>
        {text && <CopyButton text={text} label={`Copy ${title.toLowerCase()}`} />}
        {children}
      </div>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled without a mouse
        <pre className={`w-mono ${classes.text}`} data-wrong={wrong} tabIndex={0}>
          <Raw text={shown} />
          {shown.length < text.length && "…"}
        </pre>
      ) : (
        <Text size="sm" className="w-dim">
          {none}
        </Text>
      )}
      {shown.length < text.length && (
        <Button size="compact-sm" variant="default" mt={4} onClick={() => setWhole(true)}>
          Show all {count(text.length, "character")}
        </Button>
      )}
    </section>
  );
}
