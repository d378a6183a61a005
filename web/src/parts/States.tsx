// What stands where data would: nothing yet, not loaded yet, or a reason. Never an illustration alone.
import { Alert, Button, Loader, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import type { HubError } from "~/api/client";
import { sentence } from "~/look/tell";
import classes from "./parts.module.css";

/** Nothing is here yet; the children carry the real line to paste or the button to press. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Text fw={600}>{title}</Text>
      {children}
    </div>
  );
}

/** A spinner, but only where it takes longer than 400 ms. */
export function Wait({ what = "Loading" }: { what?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.wait} role="status">
      {late && <Loader size="sm" aria-hidden="true" />}
      {late && <span className="w-dim">{what} …</span>}
    </div>
  );
}

/** What went wrong, in the hub's words, and a way to try again. */
export function Trouble({ error, again }: { error: HubError | Error; again?: (() => void) | undefined }) {
  return (
    <Alert color="red" variant="light" title="This could not be shown" role="alert">
      <Text size="sm">{sentence(error.message)}</Text>
      {again && (
        <Button mt="sm" size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

interface Answered<T> {
  data: T | undefined;
  error: HubError | null;
  refetch: () => unknown;
}

/** An answer once it is there; before that a spinner or the reason. Old data stay while new ones are asked for. */
export function Shown<T>({ of, children }: { of: Answered<T>; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  return of.error ? <Trouble error={of.error} again={() => void of.refetch()} /> : <Wait />;
}
