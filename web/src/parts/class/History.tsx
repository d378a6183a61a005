// What happened to one person's hardware, newest first, and how long the last steps took.
import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useAnswer } from "~/api/ask";
import type { Transition } from "~/api/types";
import { Raw } from "~/look/Raw";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { Shown } from "../States";
import classes from "./class.module.css";
import { lastCourse, NAMES, seconds } from "./course";

const ROUTE = "GET /api/v1/class/{user}/history";
const PAGE = 50;
const SHOWN = 2_000; // characters of a value
const WORDS: Record<string, string> = {
  hw_command_request: "asked to run a program",
  hw_command_retrieval: "program collected",
  hw_response_provide: "answered",
  server_analysis_provide: "judged",
  reset: "put at rest",
};

/** The states since the last request, with the time that each took to come. Only for hardware that did something. */
export function Course({ user }: { user: string }) {
  const { data } = useAnswer(ROUTE, { path: { user }, query: { limit: 8 } });
  const steps = lastCourse(data?.transitions ?? []);
  if (steps.length < 2) return null;
  return (
    <ol className={classes.course} aria-label="Times of the last run">
      {steps.map((step, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name but their place
        <li key={place}>
          {step.after !== null && <span className="w-number w-dim">→ {seconds(step.after)} </span>}
          <Status state={NAMES[step.state] ?? "unknown"} />
        </li>
      ))}
    </ol>
  );
}

export function History({ user }: { user: string }) {
  const [before, setBefore] = useState<number | null>(null);
  const found = useAnswer(ROUTE, { path: { user }, query: { limit: PAGE, before } });
  return (
    <Shown of={found}>
      {({ transitions, cursor }) => (
        <>
          <ol className={classes.moves} aria-label="History">
            {transitions.map((move) => (
              <Move key={move.id} move={move} />
            ))}
          </ol>
          {before !== null && (
            <Button size="compact-sm" variant="default" mt="sm" mr="sm" onClick={() => setBefore(null)}>
              Newest
            </Button>
          )}
          {cursor !== null && (
            <Button size="compact-sm" variant="default" mt="sm" onClick={() => setBefore(cursor)}>
              Older
            </Button>
          )}
        </>
      )}
    </Shown>
  );
}

function Move({ move }: { move: Transition }) {
  const first = (move.value.split("\n").find((line) => line.trim()) ?? "").slice(0, 120);
  return (
    <li className={classes.move}>
      <div className={classes.moveHead}>
        <Status state={NAMES[move.after] ?? "unknown"} bare />
        <Text span size="sm" fw={550}>
          {WORDS[move.command] ?? move.command}
        </Text>
        <span className="w-dim">
          <When at={move.at} />
        </span>
        {move.peer && <span className="w-dim w-told">{move.peer}</span>}
      </div>
      {move.value && (
        <details>
          <summary className="w-mono w-line">
            <Raw text={first} />
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled without a mouse */}
          <pre className={`w-mono ${classes.text}`} tabIndex={0}>
            <Raw text={move.value.slice(0, SHOWN)} />
            {move.value.length > SHOWN && "…"}
          </pre>
        </details>
      )}
    </li>
  );
}
