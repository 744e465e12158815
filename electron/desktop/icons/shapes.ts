/** Draws flat shapes without a graphics library: a shape says which points are in it, and edges are smoothed by asking often. Pure. */
import type { Picture } from "./png.ts";

/** Whether a point, on a field of 32 by 32, is inside. */
export type Shape = (x: number, y: number) => boolean;
export type Color = readonly [red: number, green: number, blue: number];

export interface Layer {
  readonly shape: Shape;
  readonly color: Color;
  readonly opacity?: number;
}

const FIELD = 32;
/** So many points a pixel, in either direction. */
const SAMPLES = 5;

export const disc = (cx: number, cy: number, r: number): Shape => (x, y) => (x - cx) ** 2 + (y - cy) ** 2 <= r ** 2;
export const ring = (cx: number, cy: number, r: number, width: number): Shape => both(disc(cx, cy, r), not(disc(cx, cy, r - width)));
export const not = (shape: Shape): Shape => (x, y) => !shape(x, y);
export const both = (...shapes: readonly Shape[]): Shape => (x, y) => shapes.every((shape) => shape(x, y));
export const either = (...shapes: readonly Shape[]): Shape => (x, y) => shapes.some((shape) => shape(x, y));
export const moved = (shape: Shape, dx: number, dy: number): Shape => (x, y) => shape(x - dx, y - dy);
export const scaled = (shape: Shape, factor: number): Shape => (x, y) => shape(FIELD / 2 + (x - FIELD / 2) / factor, FIELD / 2 + (y - FIELD / 2) / factor);

/** A line with round ends. */
export function stroke(x1: number, y1: number, x2: number, y2: number, width: number): Shape {
  const lengthSquared = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  return (x, y) => {
    const along = Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / lengthSquared));
    return (x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2 <= (width / 2) ** 2;
  };
}

/** The part of the field between two angles around a point, clockwise from the top, in turns. */
export function sector(cx: number, cy: number, from: number, to: number): Shape {
  return (x, y) => {
    const turn = (Math.atan2(x - cx, cy - y) / (2 * Math.PI) + 1) % 1;
    const start = ((from % 1) + 1) % 1;
    const span = to - from;
    return (turn - start + 1) % 1 <= span;
  };
}

/** Cuts a shape into dashes around a point. */
export const dashed = (shape: Shape, cx: number, cy: number, dashes: number): Shape => (x, y) => {
  const turn = (Math.atan2(x - cx, cy - y) / (2 * Math.PI) + 1) * dashes;
  return turn % 1 < 0.62 && shape(x, y);
};

export function roundedTile(radius: number): Shape {
  const inner = FIELD / 2 - radius;
  return (x, y) => Math.max(Math.abs(x - FIELD / 2) - inner, 0) ** 2 + Math.max(Math.abs(y - FIELD / 2) - inner, 0) ** 2 <= radius ** 2;
}

/** Draws the layers, the first one lowest, `size` pixels wide and high. */
export function draw(size: number, layers: readonly Layer[]): Picture {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) pixels.set(pixelAt(column, row, size, layers), (row * size + column) * 4);
  }
  return { width: size, height: size, pixels };
}

function pixelAt(column: number, row: number, size: number, layers: readonly Layer[]): [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const { shape, color, opacity = 1 } of layers) {
    const cover = coverage(shape, column, row, size) * opacity;
    if (cover === 0) continue;
    const after = cover + alpha * (1 - cover);
    const mix = (below: number, above: number): number => (above * cover + below * alpha * (1 - cover)) / after;
    [red, green, blue, alpha] = [mix(red, color[0]), mix(green, color[1]), mix(blue, color[2]), after];
  }
  return [Math.round(red), Math.round(green), Math.round(blue), Math.round(alpha * 255)];
}

function coverage(shape: Shape, column: number, row: number, size: number): number {
  let hits = 0;
  for (let i = 0; i < SAMPLES; i += 1) {
    for (let j = 0; j < SAMPLES; j += 1) {
      if (shape(((column + (i + 0.5) / SAMPLES) * FIELD) / size, ((row + (j + 0.5) / SAMPLES) * FIELD) / size)) hits += 1;
    }
  }
  return hits / SAMPLES ** 2;
}
