// What can be done with the line that is pointed at. The list hears the clicks.
import { IconDotsVertical, IconFocus2 } from "@tabler/icons-react";
import { CELL } from "./aria";
import classes from "./logs.module.css";

/** `reached`: the keyboard can go there. */
export function RowActs({ id, reached }: { id: number; reached: boolean }) {
  const stop = reached ? 0 : -1;
  return (
    <span {...CELL} className={classes.acts}>
      <a
        href={`/logs/${id}`}
        tabIndex={stop}
        data-act="around"
        aria-label="What came before and after"
        title="What came before and after"
      >
        <IconFocus2 size={15} />
      </a>
      <button type="button" tabIndex={stop} data-act="menu" aria-haspopup="menu" aria-label="More for this line">
        <IconDotsVertical size={15} />
      </button>
    </span>
  );
}
