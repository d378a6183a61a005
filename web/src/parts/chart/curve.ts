// PURE: the path of a small curve.

/** SVG path data of values spread over a width; null lifts the pen, and a value alone is a dot. */
export function curve(values: (number | null)[], width: number, height: number, least?: number, most?: number): string {
  const known = values.filter((one) => one !== null && Number.isFinite(one)) as number[];
  if (!known.length) return "";
  const low = Math.min(least ?? Number.POSITIVE_INFINITY, ...known);
  const high = Math.max(most ?? Number.NEGATIVE_INFINITY, ...known);
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  const y = (one: number) => (high > low ? height - 1.5 - ((one - low) / (high - low)) * (height - 3) : height / 2);
  let path = "";
  let drawing = false;
  values.forEach((one, place) => {
    if (one === null || !Number.isFinite(one)) {
      drawing = false;
      return;
    }
    const point = `${short(1 + place * step)} ${short(y(one))}`;
    path += drawing ? `L${point}` : `M${point}h.01`;
    drawing = true;
  });
  return path;
}

function short(number: number): string {
  return String(Math.round(number * 10) / 10);
}
