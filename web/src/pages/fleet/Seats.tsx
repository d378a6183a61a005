// All nodes at once, as shapes and names: for rooms and walls. They stay where they are, whatever their state.
import { memo, useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { fleet } from "~/live/fleet";
import { Status } from "~/look/Status";
import { nodePlace } from "~/parts/node/places";
import type { ListProps } from "./Body";
import { across } from "./seats";
import classes from "./seats.module.css";

const texts = new Intl.Collator("en", { numeric: true });

export function Seats({ names, selected, onSelect, walk }: ListProps) {
  const seated = useMemo(() => [...names].sort(texts.compare), [names]);
  useEffect(() => walk.reach(() => undefined), [walk]); // all seats are there: to focus one brings it onto the screen
  const press = (event: React.KeyboardEvent<HTMLUListElement>) => {
    const seats = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-link]")];
    const here = seats.indexOf(document.activeElement as HTMLElement);
    const next =
      seats[
        across(
          event.key,
          here,
          seats.map((seat) => seat.offsetTop),
        )
      ];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul className={classes.seats} onKeyDown={press}>
      {seated.map((name) => (
        <Seat key={name} name={name} chosen={selected.has(name)} onSelect={onSelect} />
      ))}
    </ul>
  );
}

interface SeatProps {
  name: string;
  chosen: boolean;
  onSelect: ListProps["onSelect"];
}

const Seat = memo(function Seat({ name, chosen, onSelect }: SeatProps) {
  const watch = useCallback((changed: () => void) => fleet.watchOne(name, changed), [name]);
  const [status = "unknown", ...problems] = useSyncExternalStore(watch, () => told(name)).split("\n");
  const click = (event: React.MouseEvent) => {
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    onSelect(name, event.shiftKey);
  };
  return (
    <li data-node={name} data-chosen={chosen} className={classes.seat} data-status={status}>
      <Link href={nodePlace(name)} data-link="" onClick={click} title={[name, ...problems].join("\n")}>
        <Status state={status} bare large />
        <span className="w-line">{name}</span>
        {chosen && <span className={classes.heard}>selected</span>}
      </Link>
    </li>
  );
});

/** What a seat shows, as one text: only when it changes the seat is drawn anew. */
function told(name: string): string {
  const row = fleet.row(name);
  return [row?.status ?? "unknown", ...(row?.problems.map((one) => one.text) ?? [])].join("\n");
}
