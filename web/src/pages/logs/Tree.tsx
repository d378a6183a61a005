// A document that came with a line, as a tree of text. Bounded in depth and in what is drawn of each level.
import { useState } from "react";
import { Raw } from "~/look/Raw";
import { count } from "~/look/words";
import classes from "./logs.module.css";

const DEEPEST = 12;
const SHOWN = 100; // of one level, at first
const LONGEST = 2_000;

export function Tree({ value, depth = 0 }: { value: unknown; depth?: number }) {
  const [most, setMost] = useState(SHOWN);
  if (value === null || typeof value !== "object") return <Leaf value={value} />;
  const entries = Object.entries(value);
  if (!entries.length) return <span className="w-dim">{Array.isArray(value) ? "[]" : "{}"}</span>;
  if (depth >= DEEPEST) return <span className="w-told">{JSON.stringify(value).slice(0, LONGEST)}</span>;
  return (
    <ul className={classes.tree}>
      {entries.slice(0, most).map(([name, one]) => (
        <li key={name}>
          <span className={`w-told ${classes.key}`}>
            <Raw text={name.slice(0, 200)} />
          </span>
          {": "}
          <Tree value={one} depth={depth + 1} />
        </li>
      ))}
      {entries.length > most && (
        <li>
          <button type="button" className={classes.plain} onClick={() => setMost(most + 10 * SHOWN)}>
            {count(entries.length - most, "more entry", "more entries")}
          </button>
        </li>
      )}
    </ul>
  );
}

function Leaf({ value }: { value: unknown }) {
  const text = typeof value === "string" ? value : String(value);
  return (
    <span className={`w-told ${typeof value === "string" ? "" : classes.number}`}>
      <Raw text={text.slice(0, LONGEST)} />
      {text.length > LONGEST && "…"}
    </span>
  );
}
