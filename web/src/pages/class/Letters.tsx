// The sign-in links of a class, shown this once: to print and cut, to copy, or as a file.
import { Button, Group, Text } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { CopyButton } from "~/parts/Copy";
import { csv } from "./answers";
import classes from "./class.module.css";
import { download } from "./download";

export interface Letter {
  name: string;
  ok: boolean;
  link: string;
  code: string;
  expires: string | null;
  why: string;
}

export function Letters({ letters, onDone }: { letters: Letter[]; onDone: () => void }) {
  const good = letters.filter((one) => one.ok);
  const bad = letters.filter((one) => !one.ok);
  const head = useRef<HTMLParagraphElement>(null);
  useEffect(() => head.current?.focus(), []);
  const file = () => csv([["name", "link", "until"], ...good.map((one) => [one.name, one.link, one.expires])]);
  return (
    <div>
      <Text mb="sm" ref={head} tabIndex={-1}>
        A link for each, which signs them in once and works until {good[0]?.expires?.slice(0, 10)}. They are shown this
        once; new ones can be made here at any time.
      </Text>
      <Group mb="sm">
        <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
          Print
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => download("sign-in-links.csv", file())}
        >
          CSV
        </Button>
        <Button onClick={onDone}>I have them</Button>
      </Group>
      <ul className={classes.letters}>
        {good.map((one) => (
          <li key={one.name} className={classes.letter}>
            <Text fw={600} className="w-told">
              {one.name}
            </Text>
            <span className="w-mono w-told">{one.link}</span>
            <CopyButton text={one.link} label={`Copy the link of ${one.name}`} />
          </li>
        ))}
      </ul>
      {bad.map((one) => (
        <Text key={one.name} size="sm" className="w-told">
          {one.name}: {one.why}
        </Text>
      ))}
      <Sheet letters={good} />
    </div>
  );
}

/** What is printed instead of the page, which is not seen on the screen. */
function Sheet({ letters }: { letters: Letter[] }) {
  return createPortal(
    <ul className={classes.sheet} data-sheet="" aria-hidden="true">
      {letters.map((one) => (
        <li key={one.name}>
          <b>{one.name}</b>
          <div className="w-mono">{one.link}</div>
        </li>
      ))}
    </ul>,
    document.body,
  );
}
