// Draws the points of a scatter on a canvas: at most some thousands, all at once, some milliseconds.

import { valueTexts } from "~/parts/chart/axes";
import { colour, font } from "~/parts/chart/ink";
import { COLOURS, GREY, type Scheme } from "~/parts/chart/palette";
import { type Axis, along } from "./plane";
import { outline } from "./shapes";

export interface Points {
  x: number[];
  y: number[];
  /** Of each point, the place of its cluster. */
  place: number[];
}

export interface Plane {
  width: number;
  height: number;
  across: Axis;
  up: Axis;
  units: [string, string];
  names: [string, string];
  scheme: Scheme;
  /** The cluster that is looked at. */
  focus: number | null;
}

export const LEFT = 64;
const RIGHT = 26;
const TOP = 26;
export const BOTTOM = 44;

export function colourOf(place: number, scheme: Scheme): string {
  return (place >= 0 && COLOURS[scheme][place]) || GREY[scheme];
}

/** Where the points are, in pixels. */
export function placed({ x, y }: Points, plane: Plane): [number[], number[]] {
  const [wide, high] = [plane.width - LEFT - RIGHT, plane.height - TOP - BOTTOM];
  return [
    x.map((one) => LEFT + along(plane.across, one) * wide),
    y.map((one) => plane.height - BOTTOM - along(plane.up, one) * high),
  ];
}

export function draw(canvas: HTMLCanvasElement, points: Points, plane: Plane): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const ratio = devicePixelRatio;
  canvas.width = plane.width * ratio;
  canvas.height = plane.height * ratio;
  pen.scale(ratio, ratio);
  pen.font = font();
  axes(pen, plane);
  dots(pen, points, plane);
}

function axes(pen: CanvasRenderingContext2D, plane: Plane): void {
  const { width, height, across, up, units, names } = plane;
  pen.strokeStyle = colour("--w-line");
  pen.fillStyle = colour("--w-dim");
  pen.beginPath();
  pen.textAlign = "center";
  valueTexts(across.ticks, "").forEach((text, place) => {
    const x = LEFT + along(across, across.ticks[place] as number) * (width - LEFT - RIGHT);
    pen.moveTo(x, TOP);
    pen.lineTo(x, height - BOTTOM);
    pen.fillText(text, x, height - BOTTOM + 16);
  });
  pen.fillText(named(names[0], units[0]), LEFT + (width - LEFT - RIGHT) / 2, height - 8);
  pen.textAlign = "right";
  valueTexts(up.ticks, "").forEach((text, place) => {
    const y = height - BOTTOM - along(up, up.ticks[place] as number) * (height - TOP - BOTTOM);
    pen.moveTo(LEFT, y);
    pen.lineTo(width - RIGHT, y);
    pen.fillText(text, LEFT - 8, y + 4);
  });
  pen.textAlign = "left";
  pen.fillText(named(names[1], units[1]), 4, 14);
  pen.stroke();
}

function named(name: string, unit: string): string {
  return unit ? `${name}, ${unit}` : name;
}

/** The largest cluster first, so that small ones lie above. */
function dots(pen: CanvasRenderingContext2D, points: Points, plane: Plane): void {
  const [x, y] = placed(points, plane);
  const clusters = [...new Set(points.place)].sort((a, b) => a - b);
  const last = clusters.filter((one) => one !== plane.focus);
  for (const cluster of plane.focus === null ? clusters : [...last, plane.focus]) {
    pen.beginPath();
    pen.globalAlpha = plane.focus === null || plane.focus === cluster ? 0.75 : 0.12;
    pen.fillStyle = colourOf(cluster, plane.scheme);
    points.place.forEach((one, row) => {
      if (one === cluster) outline(pen, cluster, x[row] as number, y[row] as number, 3.6);
    });
    pen.fill();
  }
  pen.globalAlpha = 1;
}
