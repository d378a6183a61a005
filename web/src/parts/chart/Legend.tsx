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

const MOST = 60; // more entries than these nobody reads, and they would take longer to draw than the chart
const FAINT = 3; // so many faint lines have entries of their own

export function Legend(props: Props) {
  const { lines, readout, utc, until } = props;
  const { at, values } = useReadout(readout);
  const faint = lines.filter((line) => line.faint);
  const order = lines.map((_, place) => place).filter((place) => !lines[place]?.faint || faint.length <= FAINT);
  order.sort((a, b) => Number(lines[a]?.faint ?? false) - Number(lines[b]?.faint ?? false) || a - b);
  return (
    <div className={classes.legend}>
      <span className={`w-number ${classes.moment}`}>{at === null ? "Last" : moment(at, utc)}</span>
      {order.slice(0, MOST).map((place) => {
        const line = lines[place] as Line;
        const told = said(line, at === null ? null : { value: values[place] }, until, utc);
        return <Entry key={line.id} {...props} line={line} place={place} said={told} />;
      })}
      {order.length > MOST && <span className={classes.moment}>and {order.length - MOST} more</span>}
      {faint.length > FAINT && (
        <span className={classes.moment}>grey: {faint[0]?.label.split(" · ").pop() ?? "before"}</span>
      )}
    </div>
  );
}

interface EntryProps extends Props {
  line: Line;
  place: number;
  said: { text: string; old: boolean };
}

function Entry({ line, place, said, looks, hidden, onFocus, onToggle, still }: EntryProps) {
  const inside = (
    <>
      <Swatch look={looks[place] as Stroke} />
      <span className={`w-line ${classes.name}`}>{cut(line.label, 80)}</span>
      <span className={`${said.old ? "w-stale" : "w-number"} ${classes.value}`}>{said.text}</span>
    </>
  );
  if (still) return <span className={classes.entry}>{inside}</span>;
  return (
    <button
      type="button"
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
