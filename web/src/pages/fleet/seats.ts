// PURE: walking over a grid of seats with the arrow keys.

/** Where a key leads from seat `here`; `tops` are the heights at which the seats are drawn. -1: nowhere. */
export function across(key: string, here: number, tops: readonly number[]): number {
  if (here < 0) return -1;
  if (key === "ArrowRight") return here + 1 < tops.length ? here + 1 : -1;
  if (key === "ArrowLeft") return here - 1;
  if (key === "Home") return 0;
  if (key === "End") return tops.length - 1;
  const wide = Math.max(1, tops.filter((top) => top === tops[0]).length);
  if (key === "ArrowDown") return here + wide < tops.length ? here + wide : -1;
  return key === "ArrowUp" ? here - wide : -1;
}
