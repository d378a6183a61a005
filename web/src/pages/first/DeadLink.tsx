// A link that does not work any more: says so, and how to get another.
import { Alert, Anchor, Button } from "@mantine/core";
import type { HubError } from "~/api/client";
import { sentence } from "~/look/tell";
import { CopyLine } from "~/parts/Copy";
import classes from "./first.module.css";

export function DeadLink({ error, again }: { error: HubError; again: () => void }) {
  const gone = error.status === 404;
  return (
    <section className={`w-card ${classes.card}`}>
      <h1>{gone ? "This link does not work any more" : "This link could not be looked at"}</h1>
      <Alert color={gone ? "yellow" : "red"}>{sentence(error.message)}</Alert>
      {gone && (
        <>
          <p>Each link works once, and only for some minutes. On the hub’s machine, this prints another:</p>
          <CopyLine text="wacket open" />
        </>
      )}
      <div className={classes.acts}>
        {!gone && <Button onClick={again}>Try again</Button>}
        <Anchor href="/">Sign in with name and password</Anchor>
      </div>
    </section>
  );
}
