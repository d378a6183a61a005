// Which line is which: its stroke, its name, its value under the cursor or its last. Looking at one highlights it,
// pressing hides it. The names are text of nodes.
import { isStale } from "~/look/When";
import { moment, value } from "~/look/words";
import classes from "./chart.module.css";
import { usual } from "./gather";
import type { Stroke } from "./palette";
import { cut } from "./places";
import { type Readout, useReadout } from "./readout";
import type { Line } from "./shape";

interface Props {
  lines: Line[];
  looks: Stroke[];
  readout: Readout;
  hidden: ReadonlySet<string>;
  onFocus: (line: number | null) => void;
  onToggle: (id: string) => void;
  still?: boolean | undefined;
  utc: boolean;
  /** The end of the range: what ends long before it is no longer alive. */
  until: number;
}

export function Legend({ lines, looks, readout, hidden, onFocus, onToggle, still, utc, until }: Props) {
  const { at, values } = useReadout(readout);
  return (
    <div className={classes.legend}>
      {at !== null && <span className={`w-number ${classes.moment}`}>{moment(at, utc)}</span>}
      {lines.map((line, place) => {
        const { text, old } = said(line, at === null ? null : { value: values[place] }, until, utc);
        const inside = (
          <>
            <Swatch look={looks[place] as Stroke} />
            <span className={`w-line ${classes.name}`}>{cut(line.label, 80)}</span>
            <span className={old ? "w-stale" : "w-number"}>{text}</span>
          </>
        );
        if (still) {
          return (
            <span key={line.id} className={classes.entry}>
              {inside}
            </span>
          );
        }
        return (
          <button
            type="button"
            key={line.id}
            className={classes.entry}
            aria-pressed={!hidden.has(line.id)}
            onClick={() => onToggle(line.id)}
            onMouseEnter={() => onFocus(place)}
            onMouseLeave={() => onFocus(null)}
            onFocus={() => onFocus(place)}
            onBlur={() => onFocus(null)}
          >
            {inside}
          </button>
        );
      })}
    </div>
  );
}

function Swatch({ look }: { look: Stroke }) {
  return (
    <svg width="26" height="10" aria-hidden="true" className={classes.swatch}>
      <line x1="1" y1="5" x2="25" y2="5" stroke={look.colour} strokeWidth="2.5" strokeDasharray={look.dash.join(" ")} />
    </svg>
  );
}

/** The value under the cursor, else the last one, or since when there is none. */
function said(
  line: Line,
  under: { value: number | null | undefined } | null,
  until: number,
  utc: boolean,
): { text: string; old: boolean } {
  if (under) {
    const none = under.value === null || under.value === undefined;
    return { text: none ? "no data" : value(under.value, line.unit), old: none };
  }
  const row = line.value.findLastIndex((one) => one !== null);
  if (row < 0) return { text: "no data", old: true };
  const at = line.at[row] as number;
  if (!line.faint && isStale(at, usual(line.at), until)) {
    return { text: `no data since ${shortly(at, until, utc)}`, old: true };
  }
  return { text: value(line.value[row], line.unit), old: false };
}

/** The time of day, or the day where it is another. */
function shortly(at: number, until: number, utc: boolean): string {
  const [then, now] = [moment(at, utc), moment(until, utc)];
  return then.slice(0, 10) === now.slice(0, 10) ? then.slice(11, 19) : then.slice(0, 16);
}
