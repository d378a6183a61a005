// Which line is which: its stroke, its name, its value under the cursor or its last. Looking at one highlights it,
// pressing hides it. The names are text of nodes.
import { moment, value } from "~/look/words";
import classes from "./chart.module.css";
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
}

export function Legend({ lines, looks, readout, hidden, onFocus, onToggle, still, utc }: Props) {
  const { at, values } = useReadout(readout);
  return (
    <div className={classes.legend}>
      {at !== null && <span className={`w-number ${classes.moment}`}>{moment(at, utc)}</span>}
      {lines.map((line, place) => {
        const number = at === null ? last(line) : values[place];
        const said =
          number === null || number === undefined ? (at === null ? "–" : "no data") : value(number, line.unit);
        const inside = (
          <>
            <Swatch look={looks[place] as Stroke} />
            <span className={`w-line ${classes.name}`}>{cut(line.label, 80)}</span>
            <span className="w-number">{said}</span>
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

function last(line: Line): number | null {
  for (let row = line.value.length - 1; row >= 0; row--) {
    const one = line.value[row];
    if (one !== null && one !== undefined) return one;
  }
  return null;
}
