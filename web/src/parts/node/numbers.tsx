// The numbers of a node at a glance: the worst of each kind, with a shape where it is a problem, grey where it is old.
import { useOfNow } from "~/live/clock";
import type { FleetRow, Newest } from "~/live/wire";
import { Status } from "~/look/Status";
import { isStale } from "~/look/When";
import { value } from "~/look/words";
import { cut } from "../chart/places";
import { Spark } from "../chart/Spark";
import classes from "./node.module.css";

/** Whether what is known of a node is too old to look alive. */
export function useStale(row: FleetRow): boolean {
  return useOfNow((now) => isStale(row.at, row.period, now));
}

interface NumberProps {
  row: FleetRow;
  /** The word of its problem, which is also its name among the numbers. */
  word: string;
  number: number | null | undefined;
  unit: string;
  /** Which of several it is, for hover and screen readers. */
  of?: string;
}

/** One number, with a shape before it where it is a problem. */
export function Worst({ row, word, number, unit, of }: NumberProps) {
  const wrong = row.problems.find((one) => one.word === word);
  const text = number === null || number === undefined ? "–" : value(Math.round(number), unit);
  return (
    <span className={classes.number} title={of || undefined}>
      {wrong && <Status state={wrong.level} bare />}
      <span className="w-number">{text}</span>
      {of && <span className={classes.heard}>{of}</span>}
    </span>
  );
}

export function Cpu({ row, wide = 44 }: { row: FleetRow; wide?: number }) {
  const { cpu } = row.numbers;
  if (cpu === undefined) return <span className="w-dim">–</span>;
  return (
    <span className={classes.number}>
      <Spark values={row.spark} least={0} most={100} width={wide} height={18} label="Processor of late" />
      <span className={`w-number ${classes.cpu}`}>
        {cpu === undefined || cpu === null ? "–" : `${Math.round(cpu)} %`}
      </span>
    </span>
  );
}

export function Memory({ row }: { row: FleetRow }) {
  return <Worst row={row} word="memory" number={row.numbers.memory} unit="%" />;
}

/** The fullest file system; which one, and of how many, on hover. */
export function Disk({ row }: { row: FleetRow }) {
  const disk = row.numbers.disk;
  const of = disk ? `${disk.of}, the fullest of ${disk.count}` : "";
  return <Worst row={row} word="disk" number={disk?.value} unit="%" of={of} />;
}

export function Temperature({ row }: { row: FleetRow }) {
  return <Worst row={row} word="temperature" number={row.numbers.temperature} unit="°C" />;
}

/** The newest values of what is no machine. */
export function Headlines({ row, most = 2 }: { row: FleetRow; most?: number }) {
  if (!row.newest.length) return <span className="w-dim">–</span>;
  return (
    <span className={classes.headlines}>
      {row.newest.slice(0, most).map((one) => (
        <span key={one.id} className={classes.headline}>
          {one.id === row.drawn && (
            <Spark values={row.spark} width={44} height={18} label={`${cut(one.name, 40)} of late`} />
          )}
          <bdi className={classes.word}>{headline(one)}</bdi> <b className="w-number">{value(one.value, one.unit)}</b>
        </span>
      ))}
    </span>
  );
}

/** PURE: a series in a few words; its labels only where they tell it apart. */
export function headline({ name, labels }: Newest): string {
  const told = Object.values(labels).join(" ");
  const text = told ? `${name} ${told}` : name;
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
