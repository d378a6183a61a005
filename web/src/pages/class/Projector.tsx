// A class on a projector: seats by shape, word and colour, large and without names; nothing to press but the way back.
import { useMemo } from "react";
import { Link, useLocation } from "wouter";
import type { ClassMember } from "~/api/types";
import { Status } from "~/look/Status";
import { PageHead } from "~/parts/PageHead";
import { Empty, Shown } from "~/parts/States";
import { useKeys } from "~/shell/keys";
import { classPlace, useClassName } from "./address";
import { chosen, counted } from "./model";
import classes from "./projector.module.css";
import { roomOf, seatNames } from "./room";
import { useClass } from "./useClass";

export default function Projector() {
  const name = useClassName();
  const found = useClass(name);
  const [, go] = useLocation();
  const back = () => go(classPlace(name));
  useKeys("Projector", [
    { keys: "p", what: "Back to the class, with names", act: back },
    { keys: "Escape", what: "Back to the class, with names", act: back },
  ]);
  return (
    <div className={classes.wall}>
      <Shown of={found}>{(members) => <Wall name={name} members={members} />}</Shown>
      <p className={classes.back}>
        <Link href={classPlace(name)}>Back to the class (p)</Link>
      </p>
    </div>
  );
}

function Wall({ name, members }: { name: string; members: ClassMember[] }) {
  const counts = useMemo(() => counted(members), [members]);
  const seated = useMemo(() => chosen(members, [], "", "seat"), [members]);
  const room = useMemo(() => roomOf(seated.map((one) => one.seat)), [seated]);
  const names = seatNames(seated.map((one) => one.seat));
  const title = name || "Everybody";
  return (
    <>
      <PageHead title={<span className="w-told">{title}</span>} name={title} />
      <ul className={classes.counts} aria-label="How many are how">
        {[...counts].map(([word, count]) => (
          <li key={word} data-none={!count}>
            <Status state={word} large /> <b className="w-number">{count}</b>
          </li>
        ))}
      </ul>
      {!members.length && <Empty title="Nobody is in this class yet" />}
      <ul className={room ? classes.placed : classes.seats} aria-label="Seats">
        {seated.map((member, place) => {
          const spot = room?.[place];
          return (
            <li
              key={member.user}
              className={classes.seat}
              data-word={member.word}
              style={spot && { gridRow: spot.row, gridColumn: spot.column }}
            >
              <b className={`w-line ${classes.seatName}`}>{names[place]}</b>
              <Status state={member.word} large />
            </li>
          );
        })}
      </ul>
    </>
  );
}
