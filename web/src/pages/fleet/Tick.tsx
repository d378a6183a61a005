// The box that selects a node; large enough for a finger.
import { useEffect, useRef } from "react";
import classes from "./fleet.module.css";

interface Props {
  name: string;
  chosen: boolean;
  /** `range`: all from the one chosen before to this one. */
  onSelect: (name: string, range: boolean) => void;
}

export function Tick({ name, chosen, onSelect }: Props) {
  return (
    <label className={classes.tick}>
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={chosen}
        onChange={() => undefined}
        onClick={(event) => onSelect(name, event.shiftKey)}
      />
    </label>
  );
}

interface AllProps {
  names: string[];
  selected: ReadonlySet<string>;
  onSelectAll: () => void;
}

export function TickAll({ names, selected, onSelectAll }: AllProps) {
  const count = names.filter((name) => selected.has(name)).length;
  const box = useRef<HTMLInputElement>(null);
  const all = count > 0 && count === names.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all;
  }, [count, all]);
  return (
    <label className={classes.tick}>
      <input ref={box} type="checkbox" aria-label="Select all" checked={all} onChange={onSelectAll} />
    </label>
  );
}
