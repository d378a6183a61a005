// PURE: a shape for each cluster, so that nobody needs colours to tell them apart.

export const SHAPES = 8;

/** Outlines a shape around (x, y); fill it. */
export function outline(
  pen: Pick<CanvasRenderingContext2D, "moveTo" | "lineTo" | "arc" | "rect" | "closePath">,
  place: number,
  x: number,
  y: number,
  size: number,
): void {
  if (place < 0) {
    cross(pen, x, y, size * 0.6, size * 0.18);
    return;
  }
  const corners = CORNERS[place % SHAPES];
  if (!corners) {
    pen.moveTo(x + size, y);
    pen.arc(x, y, size, 0, 7);
    return;
  }
  corners.forEach(([dx, dy], corner) => {
    if (corner) pen.lineTo(x + dx * size, y + dy * size);
    else pen.moveTo(x + dx * size, y + dy * size);
  });
  pen.closePath();
}

type Corner = [number, number];
const ring = (count: number, turn: number, inner = 1): Corner[] =>
  Array.from({ length: count }, (_, corner) => {
    const angle = ((corner + turn) / count) * 2 * Math.PI;
    const far = corner % 2 && inner < 1 ? inner : 1.15;
    return [Math.cos(angle) * far, Math.sin(angle) * far];
  });
/** null is a circle. */
const CORNERS: (Corner[] | null)[] = [
  null,
  ring(3, -0.75),
  ring(4, 0.5),
  ring(4, 0),
  ring(8, 0, 0.4),
  ring(3, 0.75),
  ring(5, -1.25),
  ring(10, -2.5, 0.45),
];

function cross(pen: Pick<CanvasRenderingContext2D, "rect">, x: number, y: number, arm: number, half: number): void {
  pen.rect(x - arm, y - half, 2 * arm, 2 * half);
  pen.rect(x - half, y - arm, 2 * half, 2 * arm);
}

/** The same as the data of an SVG path in a square of 16. */
export function shapePath(place: number): string {
  const words: string[] = [];
  const put = (word: string) => words.push(word);
  const n = (number: number) => Math.round(number * 100) / 100;
  outline(
    {
      moveTo: (x, y) => put(`M${n(x)} ${n(y)}`),
      lineTo: (x, y) => put(`L${n(x)} ${n(y)}`),
      arc: (x, y, r) => put(`M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`),
      rect: (x, y, w, h) => put(`M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}z`),
      closePath: () => put("z"),
    },
    place,
    8,
    8,
    5,
  );
  return words.join("");
}
