// Everybody where they sit: like the room where the seats' names say how it is, else one after the other. Arrow keys
// walk. A seat says by shape, word and colour how its hardware stands.
import type { KeyboardEvent } from "react";
import { memo, useMemo } from "react";
import type { ClassMember } from "~/api/types";
import { Raw } from "~/look/Raw";
import { Status } from "~/look/Status";
import classes from "./class.module.css";
import { answerOf } from "./model";
import { across, roomOf, type Spot } from "./room";
import type { ListProps } from "./Table";

export function Seats({ members, change }: ListProps) {
  const room = useMemo(() => roomOf(members.map((one) => one.seat)), [members]);
  return (
    <section className={classes.room} aria-label="Seats">
      <ul className={room ? classes.placed : classes.seats} onKeyDown={walk}>
        {members.map((member, place) => (
          <Seat key={member.user} member={member} spot={room?.[place]} onWho={change} />
        ))}
      </ul>
    </section>
  );
}

function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const seats = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const points = seats.map((seat) => {
    const { left, top } = seat.getBoundingClientRect();
    return { x: left, y: top };
  });
  const next = seats[across(event.key, seats.indexOf(document.activeElement as HTMLElement), points)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

interface SeatProps {
  member: ClassMember;
  spot: Spot | undefined;
  onWho: ListProps["change"];
}

const Seat = memo(Drawn, (a, b) => {
  const same = a.spot?.row === b.spot?.row && a.spot?.column === b.spot?.column;
  return same && JSON.stringify(a.member) === JSON.stringify(b.member);
});

function Drawn({ member, spot, onWho }: SeatProps) {
  const answer = answerOf(member);
  return (
    <li style={spot && { gridRow: spot.row, gridColumn: spot.column }} data-user={member.user} data-word={member.word}>
      <button type="button" className={classes.seat} onClick={() => onWho({ who: member.user })}>
        <span className={classes.seatHead}>
          {member.seat && <b className={`w-line ${classes.seatLabel}`}>{member.seat}</b>}
          <span className="w-line">{member.user}</span>
        </span>
        <Status state={member.word} />
        <span className={`w-line ${classes.said} ${answer.dim ? "w-dim" : "w-mono"}`}>
          <Raw text={answer.text} />
        </span>
      </button>
    </li>
  );
}
