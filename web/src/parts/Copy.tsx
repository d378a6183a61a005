// A line to paste, with a button that copies it, also on plain http where browsers have no clipboard.
import { ActionIcon, Button, Code, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import classes from "./parts.module.css";

/** Copies `text`; false where the browser does not let us. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("readonly", "");
  field.className = classes.aside ?? "";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy"); // the only way on plain http
  field.remove();
  return done;
}

function useCopied(text: string): [boolean, () => void] {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const act = async () => {
    setDone(await copy(text));
    timer.current = setTimeout(() => setDone(false), 2_000);
  };
  return [done, () => void act()];
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, act] = useCopied(text);
  return (
    <Tooltip label={done ? "Copied" : label}>
      <ActionIcon onClick={act} aria-label={done ? "Copied" : label}>
        {done ? <IconCheck size={16} /> : <IconCopy size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** The same as the first thing to do on a page. */
export function CopyWide({ text, label }: { text: string; label: string }) {
  const [done, act] = useCopied(text);
  return (
    <Button
      className={classes.copywide}
      onClick={act}
      leftSection={done ? <IconCheck size={16} /> : <IconCopy size={16} />}
    >
      {done ? "Copied" : label}
    </Button>
  );
}

/** The line itself and its button. */
export function CopyLine({ text, label }: { text: string; label?: string }) {
  return (
    <div className={classes.copyline}>
      <Code block className={classes.copytext} tabIndex={0}>
        {text}
      </Code>
      <CopyButton text={text} {...(label ? { label } : {})} />
    </div>
  );
}
