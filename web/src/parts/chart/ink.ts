// The theme's colours and type for what is drawn on a canvas, which knows no CSS.

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** The value of a custom property of the page, such as `--w-dim`. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#888888";
}

/** The font of axes and labels, as large as the browser's text. */
export function font(): string {
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return `${Math.round(root * 0.75)}px ${FONT}`;
}
