// Everybody as a table: a row each, drawn anew only when its own person changes, and only where it is on the screen.
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useRef } from "react";
import { Link } from "wouter";
import type { ClassMember } from "~/api/types";
import { Raw } from "~/look/Raw";
import { Status } from "~/look/Status";
import { When } from "~/look/When";
import { nodePlace } from "~/parts/node/places";
import { usePreferences } from "~/shell/preferences";
import type { Seen } from "./address";
import classes from "./class.module.css";
import { answerOf } from "./model";
import { RowActs } from "./RowActs";

export interface ListProps {
  /** Where these are no class, nobody has a seat or is known by a machine. */
  placed: boolean;
  members: ClassMember[];
  seen: Seen;
  change: (change: Partial<Seen>) => void;
  ask: (users: string[]) => void;
  operates: boolean;
}

const HEIGHTS = { comfortable: 40, compact: 28 };
const COLUMNS = [
  ["seat", "Seat"],
  ["user", "Student"],
  ["node", "Board"],
  ["state", "State"],
  ["since", "In state"],
  ["exit", "Exit"],
  ["answer", "Answer"],
  ["verdict", "Check"],
] as const;

export function Table({ placed, members, seen, change, ask, operates }: ListProps) {
  const scroller = useRef<HTMLElement>(null);
  const [{ density }] = usePreferences();
  const height = HEIGHTS[density];
  const rows = useVirtualizer({
    count: members.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    initialRect: { width: 1000, height: 1200 },
  });
  const drawn = rows.getVirtualItems();
  const before = drawn[0]?.start ?? 0;
  const behind = rows.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  const all = members.length > 0 && members.every((one) => seen.selected.has(one.user));
  const latest = useRef(seen);
  latest.current = seen;
  // Rows are not drawn anew when only others are chosen: what they call must know them all the same.
  const select = useCallback(
    (user: string) => {
      const selected = new Set(latest.current.selected);
      if (!selected.delete(user)) selected.add(user);
      change({ selected });
    },
    [change],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled without a mouse
    <section ref={scroller} className={classes.scroller} aria-label="People" tabIndex={0}>
      <table className={classes.table} aria-rowcount={members.length + 1}>
        <thead>
          <tr>
            {operates && (
              <th className={classes.tick}>
                <input
                  type="checkbox"
                  aria-label="Choose all that are shown"
                  checked={all}
                  onChange={() => change({ selected: new Set(all ? [] : members.map((one) => one.user)) })}
                />
              </th>
            )}
            {COLUMNS.filter(([id]) => placed || (id !== "seat" && id !== "node")).map(([id, title]) => (
              <Head key={id} id={id} title={title} sort={seen.sort} onSort={(sort) => change({ sort })} />
            ))}
            {operates && <th className={classes.acts}>Actions</th>}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {drawn.map(({ index }) => {
            const member = members[index] as ClassMember;
            return (
              <Row
                key={member.user}
                at={index + 2}
                height={height}
                member={member}
                chosen={seen.selected.has(member.user)}
                {...{ placed, operates, select, change, ask }}
              />
            );
          })}
          {behind > 0 && <tr style={{ height: behind }} />}
        </tbody>
      </table>
    </section>
  );
}

function Head({ id, title, sort, onSort }: { id: string; title: string; sort: string; onSort: (to: string) => void }) {
  const way = sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined;
  return (
    <th aria-sort={way}>
      <button type="button" className={classes.sort} onClick={() => onSort(sort === id ? `-${id}` : id)}>
        {title}
        <span aria-hidden="true">{way === "ascending" ? "▲" : way === "descending" ? "▼" : ""}</span>
      </button>
    </th>
  );
}

interface RowProps {
  placed: boolean;
  member: ClassMember;
  at: number;
  height: number;
  chosen: boolean;
  operates: boolean;
  select: (user: string) => void;
  change: ListProps["change"];
  ask: ListProps["ask"];
}

const Row = memo(Drawn, (a, b) => {
  const same = a.at === b.at && a.height === b.height && a.chosen === b.chosen && a.operates === b.operates;
  return same && JSON.stringify(a.member) === JSON.stringify(b.member);
});

function Drawn({ placed, member, at, height, chosen, operates, select, change, ask }: RowProps) {
  const answer = answerOf(member);
  return (
    <tr style={{ height }} aria-rowindex={at} aria-selected={chosen} data-user={member.user} data-word={member.word}>
      {operates && (
        <td className={classes.tick}>
          <input
            type="checkbox"
            aria-label={`Choose ${member.user}`}
            checked={chosen}
            onChange={() => select(member.user)}
          />
        </td>
      )}
      {placed && <td className="w-told">{member.seat}</td>}
      <td>
        <button type="button" className={classes.person} onClick={() => change({ who: member.user })}>
          <span className="w-line">{member.user}</span>
        </button>
      </td>
      {placed && (
        <td>
          <Board member={member} />
        </td>
      )}
      <td>
        <Status state={member.word} />
      </td>
      <td>
        <When at={member.since} short never="–" />
      </td>
      <td className="w-number">{member.state === 1 || member.state === 2 ? "–" : (member.hw_exit ?? "–")}</td>
      <td
        data-cell="answer"
        className={`w-line ${classes.answer} ${answer.dim ? "w-dim" : "w-mono"}`}
        title={answer.text}
      >
        <Raw text={answer.text} />
      </td>
      <td className={`w-line ${classes.verdict}`} title={member.verdict}>
        <Raw text={member.verdict} />
      </td>
      {operates && (
        <td className={classes.acts}>
          <RowActs member={member} ask={ask} />
        </td>
      )}
    </tr>
  );
}

/** The machine of somebody, and how it is where that is not simply well. */
export function Board({ member }: { member: ClassMember }) {
  if (!member.node) return <span className="w-dim">polls</span>;
  return (
    <span className={classes.board}>
      <Link href={nodePlace(member.node)} className="w-line">
        {member.node}
      </Link>
      {member.presence !== "up" && member.presence && <Status state={member.presence} />}
    </span>
  );
}
