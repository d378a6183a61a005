// All nodes at once, as shapes and names: for rooms and walls. They stay where they are, whatever their state.
import { memo, useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { fleet } from "~/live/fleet";
import { Status } from "~/look/Status";
import { nodePlace } from "~/parts/node/places";
import type { ListProps } from "./Body";
import { across } from "./seats";
import classes from "./seats.module.css";

const texts = new Intl.Collator("en", { numeric: true });

export function Seats({ names, selected, onSelect, walk }: ListProps) {
  const [, go] = useLocation();
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
  // One for all: a thousand links that each follow the address would take long to draw.
  const click = (event: React.MouseEvent<HTMLUListElement>) => {
    const name = (event.target as Element).closest<HTMLElement>("[data-node]")?.dataset.node;
    if (!name || event.button !== 0 || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey || event.ctrlKey) onSelect(name, event.shiftKey);
    else go(nodePlace(name));
  };
  return (
    <ul className={classes.seats} onKeyDown={press} onClick={click}>
      {seated.map((name) => (
        <Seat key={name} name={name} chosen={selected.has(name)} />
      ))}
    </ul>
  );
}

interface SeatProps {
  name: string;
  chosen: boolean;
}

const Seat = memo(function Seat({ name, chosen }: SeatProps) {
  const watch = useCallback((changed: () => void) => fleet.watchOne(name, changed), [name]);
  const [status = "unknown", ...problems] = useSyncExternalStore(watch, () => told(name)).split("\n");
  return (
    <li data-node={name} data-chosen={chosen} className={classes.seat} data-status={status}>
      <a href={nodePlace(name)} data-link="" title={[name, ...problems].join("\n")}>
        <Status state={status} bare large />
        <span className="w-line">{name}</span>
        {chosen && <span className={classes.heard}>selected</span>}
      </a>
    </li>
  );
});

/** What a seat shows, as one text: only when it changes the seat is drawn anew. */
function told(name: string): string {
  const row = fleet.row(name);
  return [row?.status ?? "unknown", ...(row?.problems.map((one) => one.text) ?? [])].join("\n");
}
