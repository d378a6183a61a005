// How bad a line is: shape, word and colour.
import { LOOKS } from "~/look/Status";
import { levelOf, type Level as Name } from "./line";
import classes from "./logs.module.css";

const SHAPES: Record<Name, string> = {
  fatal: "down",
  error: "down",
  warn: "warn",
  info: "up",
  debug: "off",
  trace: "off",
  "": "off",
};

export function Level({ severity }: { severity: number }) {
  const name = levelOf(severity);
  return (
    <span className={classes.level} data-level={name || "none"}>
      {name && name !== "info" && (
        <svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">
          {LOOKS[SHAPES[name]]?.shape}
        </svg>
      )}
      {name.toUpperCase()}
    </span>
  );
}
