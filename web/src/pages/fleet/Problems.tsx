// What is wrong, before everything else: one line for each node, with the reason and what can be done.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { nodePlace } from "~/parts/node/places";
import classes from "./fleet.module.css";
import { RowActions } from "./RowActions";
import type { Trouble } from "./rows";

const FEW = 3;
const MANY = 50;

export function Problems({ troubles }: { troubles: Trouble[] }) {
  const [all, setAll] = useState(false);
  if (!troubles.length) return null;
  const shown = troubles.slice(0, all ? MANY : FEW);
  const rest = troubles.length - shown.length;
  return (
    <section aria-label="Problems" className={classes.problems}>
      <ul>
        {shown.map((one) => (
          <ProblemLine key={one.row.name} {...one} />
        ))}
      </ul>
      {(rest > 0 || all) && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${Math.min(rest, MANY - FEW)} more`}
        </Button>
      )}
      {all && rest > 0 && <span className="w-dim"> and {rest} more; filter by their state to see them all</span>}
    </section>
  );
}

function ProblemLine({ row, problems }: Trouble) {
  return (
    <li data-status={row.status}>
      <Status state={row.status} word={row.status === "down" ? "down" : "warning"} />
      <Link href={nodePlace(row.name)} className={classes.nameLink}>
        <bdi>{row.name}</bdi>
      </Link>
      <span className={`${classes.problemText} w-line`} title={problems.map((one) => one.text).join("\n")}>
        {problems.map((one) => one.text).join(" · ")}
      </span>
      <span className="w-dim">
        <When at={row.since} never="" short />
      </span>
      {row.log && row.status === "down" && (
        <span className={`${classes.lastLine} w-line w-dim`} title={row.log.body}>
          last: “{row.log.body}”
        </span>
      )}
      <span className={classes.problemActs}>
        <RowActions row={row} />
      </span>
    </li>
  );
}
