// Says on every page that the hub is lost: what is shown below is then as it was, and must not look alive.
import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useNow } from "~/live/clock";
import { hub, useLink } from "~/live/hub";
import { sentence } from "~/look/tell";
import { span } from "~/look/words";
import classes from "./shell.module.css";

export function LostBanner() {
  const link = useLink();
  useNow();
  if (link.refused) {
    return (
      <div className={classes.lost} role="alert">
        <span>{sentence(link.refused)}</span>
        <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
          Load anew
        </Button>
      </div>
    );
  }
  if (link.state !== "lost") return null;
  const long = span((Date.now() - link.since) * 1000);
  return (
    <div className={classes.lost} role="alert">
      <IconPlugConnectedX size={18} aria-hidden="true" />
      <span>
        <strong>The hub does not answer</strong> for <span aria-hidden="true">{long}</span>. What you see is as it was;
        this page comes back by itself.
      </span>
      <Button size="compact-sm" variant="default" onClick={hub.retry}>
        Try now
      </Button>
    </div>
  );
}
