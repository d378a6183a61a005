// PURE: how lines are told apart. Okabe and Ito's colours, those of each theme that have 3 : 1 on its ground, two of them
// darkened for that; and a dash pattern for each, because colour alone says nothing to one man in twelve.

export type Scheme = "light" | "dark";

export const COLOURS: Record<Scheme, string[]> = {
  light: ["#0072b2", "#d55e00", "#00875f", "#b3588c", "#14181d", "#946c00"],
  dark: ["#56b4e9", "#e69f00", "#cc79a7", "#f0e442", "#009e73", "#d55e00"],
};
export const GREY: Record<Scheme, string> = { light: "#7e8896", dark: "#66717f" };
export const GROUND: Record<Scheme, string> = { light: "#ffffff", dark: "#171c22" };
/** More lines than these are grey until one is chosen. */
export const COLOURED = 6;

const DASHES: number[][] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 3], [14, 4]];

export interface Stroke {
  colour: string;
  dash: number[];
  width: number;
}

/** How each of these lines is drawn, in their order. Faint ones take no colour away from the others. */
export function strokes(lines: { faint?: boolean }[], scheme: Scheme): Stroke[] {
  let taken = 0;
  return lines.map((line) => {
    const place = line.faint ? COLOURED : taken++;
    const colour = COLOURS[scheme][place];
    if (colour) return { colour, dash: DASHES[place] ?? [], width: 1.75 };
    return { colour: GREY[scheme], dash: [], width: 1.25 };
  });
}

/** The contrast of two colours (#rrggbb), 1 to 21, as WCAG 2 counts it. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((place) => {
    const share = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
