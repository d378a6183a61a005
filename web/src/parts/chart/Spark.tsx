// A curve as small as a word, for cells of tables: no axes, no code of charts. Gaps stay gaps.

import classes from "./chart.module.css";
import { curve } from "./curve";

interface Props {
  values: (number | null)[];
  least?: number;
  most?: number;
  /** What it shows, in words, for screen readers. */
  label: string;
  width?: number;
  height?: number;
}

export function Spark({ values, least, most, label, width = 72, height = 20 }: Props) {
  return (
    <svg className={classes.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
      <title>{label}</title>
      <path d={curve(values, width, height, least, most)} />
    </svg>
  );
}
