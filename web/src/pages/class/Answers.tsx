// What a class answered, equal answers as one row: what is the same thirty times is read once.
import { Title } from "@mantine/core";
import { useMemo } from "react";
import { useAnswer } from "~/api/ask";
import { useMay } from "~/api/me";
import type { ClassMember } from "~/api/types";
import { Raw } from "~/look/Raw";
import { Status } from "~/look/Status";
import { count } from "~/look/words";
import { type Folded, foldedOf, type Group } from "./answers";
import classes from "./class.module.css";
import { JudgeGroup } from "./Judge";

interface Props {
  name: string;
  members: ClassMember[];
  onWho: (user: string) => void;
}

export function Answers({ name, members, onWho }: Props) {
  const folded = useFolded(name, members);
  const operates = useMay("operate");
  const seats = useMemo(() => new Map(members.map((one) => [one.user, one.seat])), [members]);
  if (!folded.answers.length) return null;
  return (
    <section className={`w-card ${classes.folded}`} aria-labelledby="folded">
      <Title order={2} id="folded" mb="xs">
        Same answers folded
      </Title>
      {folded.answers.map((group) => (
        <div key={group.users[0]} className={classes.group}>
          <span className={`w-number ${classes.groupCount}`}>{group.users.length} ×</span>
          <Said group={group} />
          <div>
            <Who users={group.users} seats={seats} onWho={onWho} />
            {operates && <JudgeGroup group={group} members={members} />}
          </div>
        </div>
      ))}
      {folded.others.map(({ word, users }) => (
        <div key={word} className={classes.group}>
          <span className={`w-number ${classes.groupCount}`}>{users.length} ×</span>
          <span>
            <Status state={word} /> <span className="w-dim">no answer</span>
          </span>
          <Who users={users} seats={seats} onWho={onWho} />
        </div>
      ))}
    </section>
  );
}

/** The hub folds whole answers; of people in no class the page has only the beginnings, and folds those. */
export function useFolded(name: string, members: ClassMember[]): Folded {
  const { data } = useAnswer("GET /api/v1/classes/{name}/folded", { path: { name } }, { enabled: Boolean(name) });
  const own = useMemo(() => foldedOf(members), [members]);
  return data ?? own;
}

export function Said({ group }: { group: Group }) {
  const wrong = group.exit === null ? group.error !== "" : group.exit !== 0;
  const text = wrong ? lastLine(group.error) || group.answer : group.answer;
  const verdicts = Object.entries(group.verdicts);
  return (
    <div>
      {wrong && <Status state="error" word={group.exit === null ? "error" : `exit ${group.exit}`} />}
      <div className={`w-mono w-told ${classes.groupText}`}>
        {text ? <Raw text={text.slice(0, 400)} /> : <span className="w-dim">nothing was printed</span>}
        {(group.cut || text.length > 400) && "…"}
      </div>
      {verdicts.slice(0, 3).map(([verdict, times]) => (
        <div key={verdict} className="w-dim w-told">
          {times < group.users.length && `${times} × `}
          <Raw text={verdict.slice(0, 200)} />
        </div>
      ))}
    </div>
  );
}

function lastLine(text: string): string {
  return (text.split("\n").findLast((line) => line.trim()) ?? "").trim();
}

const SHOWN = 12; // people of one answer, before the rest is only counted

function Who({ users, seats, onWho }: { users: string[]; seats: Map<string, string>; onWho: (user: string) => void }) {
  return (
    <div className={classes.who}>
      {users.slice(0, SHOWN).map((user) => (
        <button key={user} type="button" className={classes.person} onClick={() => onWho(user)}>
          <span className="w-line">{[seats.get(user), user].filter(Boolean).join(" ")}</span>
        </button>
      ))}
      {users.length > SHOWN && <span className="w-dim">and {count(users.length - SHOWN, "other")}</span>}
    </div>
  );
}
