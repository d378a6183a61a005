// Folded answers: machines that said the same stand together. Standard output and error apart; all of it is text.
import { ScrollArea } from "@mantine/core";
import type { FoldedAnswer } from "~/api/types";
import { Raw } from "~/look/Raw";
import { Status } from "~/look/Status";
import { count } from "~/look/words";
import { CopyButton } from "~/parts/Copy";
import { Empty } from "~/parts/States";
import { outcome } from "./job";
import classes from "./run.module.css";

const LONGEST = 20_000; // characters shown of each; the whole is under each machine

export function Answers({ answers, job }: { answers: FoldedAnswer[]; job: number }) {
  if (!answers.length) return <Empty title="Nobody has answered yet" />;
  const ordered = [...answers].sort((a, b) => Number(b.differs) - Number(a.differs));
  return (
    <div className={classes.answers}>
      {ordered.map((one) => (
        <Answer key={`${job} ${one.nodes} ${one.state}`} one={one} />
      ))}
    </div>
  );
}

function Answer({ one }: { one: FoldedAnswer }) {
  return (
    <article className={`w-card ${classes.answer}`}>
      <div className={classes.answerHead}>
        <Status state={one.state} />
        <strong className="w-told">{one.nodes}</strong>
        <span className="w-dim">{count(one.count, "machine")}</span>
        <span>{outcome(one)}</span>
        {one.differs && <span className="w-dim">differs from most</span>}
        {one.out && <CopyButton text={one.out} label="Copy what it wrote" />}
      </div>
      <Said kind="out" text={one.out} />
      <Said kind="err" text={one.err} />
    </article>
  );
}

export function Said({ kind, text }: { kind: "out" | "err"; text: string }) {
  if (!text) return null;
  return (
    <>
      {kind === "err" && <span className={classes.kind}>standard error</span>}
      <ScrollArea.Autosize
        mah={320}
        className={classes[kind]}
        viewportProps={{ tabIndex: 0, role: "region", "aria-label": kind === "err" ? "Standard error" : "Output" }}
      >
        <pre className={`w-mono ${classes.said}`}>
          <Raw text={text.slice(0, LONGEST)} />
          {text.length > LONGEST && "\n…"}
        </pre>
      </ScrollArea.Autosize>
    </>
  );
}
