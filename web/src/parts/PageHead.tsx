// The head of every page: what it is, in numbers, and what can be done. Also names the tab of the browser.
import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./parts.module.css";

interface Props {
  title: ReactNode;
  /** What the browser's tab says. */
  name: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ title, name, children, actions }: Props) {
  useEffect(() => {
    document.title = `${name} · Wacket`;
  }, [name]);
  return (
    <div className={classes.head}>
      <Group gap="md" align="baseline" className={classes.headline}>
        <Title order={1}>{title}</Title>
        {children}
      </Group>
      {actions && <Group gap="xs">{actions}</Group>}
    </div>
  );
}
