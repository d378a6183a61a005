// One card for each node: what fits on a phone. Only those on the screen are drawn.
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
import { Link } from "wouter";
import { useNode } from "~/live/fleet";
import type { FleetRow } from "~/live/wire";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { Cpu, Disk, Headlines, Memory, Temperature, useStale } from "~/parts/node/numbers";
import { nodePlace } from "~/parts/node/places";
import type { ListProps } from "./Body";
import classes from "./cards.module.css";
import shared from "./fleet.module.css";
import { RowActions } from "./RowActions";
import { Tick } from "./Tick";

const WIDTH = 300;
const HEIGHT = 156;
const GAP = 12;

export function Cards({ names, selected, onSelect, walk }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  const { ref: sized, width } = useElementSize<HTMLUListElement>();
  const across = Math.max(1, Math.floor((width + GAP) / (WIDTH + GAP)));
  const lanes = useWindowVirtualizer({
    count: Math.ceil(names.length / across),
    estimateSize: () => HEIGHT + GAP,
    overscan: 3,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  useEffect(() => walk.reach((place) => lanes.scrollToIndex(Math.floor(place / across))), [walk, lanes, across]);
  return (
    <ul ref={useMergedRef(list, sized)} className={classes.cards} style={{ height: lanes.getTotalSize() }}>
      {lanes.getVirtualItems().flatMap(({ index, start }) =>
        names.slice(index * across, (index + 1) * across).map((name, place) => (
          <li
            key={name}
            className={classes.cardPlace}
            style={{
              top: start - lanes.options.scrollMargin,
              left: `${(place * 100) / across}%`,
              width: `calc(${100 / across}% - ${GAP}px)`,
              height: HEIGHT,
            }}
          >
            <Card name={name} chosen={selected.has(name)} onSelect={onSelect} />
          </li>
        )),
      )}
    </ul>
  );
}

interface CardProps {
  name: string;
  chosen: boolean;
  onSelect: ListProps["onSelect"];
}

const Card = memo(function Card({ name, chosen, onSelect }: CardProps) {
  const row = useNode(name);
  return row ? <Drawn row={row} chosen={chosen} onSelect={onSelect} /> : null;
});

function Drawn({ row, chosen, onSelect }: Omit<CardProps, "name"> & { row: FleetRow }) {
  const stale = useStale(row);
  return (
    <article className={classes.card} data-node={row.name} data-stale={stale || undefined} data-chosen={chosen}>
      <header className={classes.cardHead}>
        <Tick name={row.name} chosen={chosen} onSelect={onSelect} />
        <Link href={nodePlace(row.name)} className={`${shared.nameLink} w-line`} data-link="">
          {row.name}
        </Link>
        <span className={classes.cardState}>
          <Status state={row.status} />
        </span>
      </header>
      <Told row={row} />
      <footer className={classes.cardFoot}>
        <span className="w-dim">
          <When at={row.at} never="never heard" />
        </span>
        <RowActions row={row} />
      </footer>
    </article>
  );
}

/** What is wrong if something is; the numbers of a machine, or the newest values of what is none. */
function Told({ row }: { row: FleetRow }) {
  const wrong = row.problems.map((one) => one.text).join(" · ");
  return (
    <>
      <p className={`${classes.cardWrong} w-line`} data-wrong={Boolean(wrong)} title={wrong || undefined}>
        {wrong || row.why || Object.keys(row.tags).join(" · ") || row.os || row.kind}
      </p>
      {row.newest.length ? (
        <Headlines row={row} />
      ) : (
        <dl className={classes.cardNumbers}>
          <dt>CPU</dt>
          <dd>
            <Cpu row={row} wide={40} />
          </dd>
          <dt>Memory</dt>
          <dd>
            <Memory row={row} />
          </dd>
          <dt>Disk</dt>
          <dd>
            <Disk row={row} />
          </dd>
          <dt>Temp</dt>
          <dd>
            <Temperature row={row} />
          </dd>
        </dl>
      )}
    </>
  );
}
