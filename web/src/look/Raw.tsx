// What a node sent, as text: nothing in it becomes markup, moves the lines around it or hides. raw.ts decides what is seen.
import { memo } from "react";
import classes from "./Raw.module.css";
import { isOdd, type Piece, pieces, type Range } from "./raw";

interface Props {
  text: string;
  /** Ranges that stand out. */
  hits?: Range[] | undefined;
}

export const Raw = memo(function Raw({ text, hits }: Props) {
  if (!hits?.length && !isOdd(text)) return text;
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no state and no name but their place
  return pieces(text, hits).map((piece, place) => <Drawn key={place} piece={piece} />);
});

function Drawn({ piece }: { piece: Piece }) {
  if (piece.kind === "mark") {
    return (
      <span className={classes.mark} title="A character that cannot be seen">
        {piece.text}
      </span>
    );
  }
  const names = piece.style
    .split(" ")
    .map((name) => classes[name] ?? "")
    .join(" ");
  if (piece.hit) return <mark className={classes.hit}>{piece.text}</mark>;
  return piece.style ? <span className={names}>{piece.text}</span> : piece.text;
}
