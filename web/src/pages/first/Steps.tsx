// Where one is in the guide.
import classes from "./first.module.css";
import { STEPS, type Step, TITLES } from "./steps";

export function Steps({ at }: { at: Step }) {
  const here = STEPS.indexOf(at);
  return (
    <ol className={classes.steps} aria-label="Steps">
      {STEPS.map((step, place) => (
        <li key={step} aria-current={step === at ? "step" : undefined} data-done={place < here}>
          <span className={classes.number}>{place + 1}</span> <span className={classes.title}>{TITLES[step]}</span>
        </li>
      ))}
    </ol>
  );
}
