/** The mark, a dot resting in a bowl, and what it becomes in each state: shape alone tells, in one colour. Pure. */
import type { Condition } from "../site-condition.ts";
import { encodePng, type Picture } from "./png.ts";
import { both, dashed, disc, draw, either, moved, not, ring, roundedTile, scaled, sector, stroke, type Color, type Layer, type Shape } from "./shapes.ts";

const WHITE: Color = [255, 255, 255];
const BLACK: Color = [0, 0, 0];
const DAMSON: Color = [0x74, 0x2a, 0x5f];
const PALE: Color = [0xf2, 0xdc, 0xea];

/** M5 16H10.34A6 6 0 0 0 21.66 16H27A11 11 0 0 1 5 16Z */
const bowl: Shape = both(disc(16, 16, 11), not(disc(16, 14, 6)), (_x, y) => y >= 16);
const bowlOutline: Shape = both(bowl, not(both(disc(16, 16, 9), not(disc(16, 14, 8)), (_x, y) => y >= 18)));
const dot: Shape = disc(16, 13.5, 4);
const mark: Shape = either(bowl, dot);

const arrowOver: Shape = either(stroke(8.5, 8.5, 12, 4.6, 2.4), stroke(12, 4.6, 20, 4.6, 2.4), stroke(20, 4.6, 23.5, 8.5, 2.4), stroke(23.5, 8.5, 23.9, 4.4, 2.2), stroke(23.5, 8.5, 19.6, 8.4, 2.2));
const crescent: Shape = both(disc(16, 11.5, 5), not(disc(18.6, 9.8, 4.6)));
const chevron: Shape = either(stroke(13, 12.6, 16, 15.4, 2), stroke(16, 15.4, 19, 12.6, 2));
const badge: Shape = disc(25, 8, 5.5);

const shapes = {
  unknown: mark,
  safe: mark,
  restored: either(mark, arrowOver),
  at_risk: either(bowl, ring(16, 7, 4.4, 2), chevron),
  wiped: either(bowl, both(badge, not(either(stroke(25, 5, 25, 8, 1.8), disc(25, 10.8, 1.1))))),
  asleep: either(bowl, crescent),
  unreachable: either(dashed(bowlOutline, 16, 14, 9), ring(16, 12.5, 4, 1.8)),
} as const satisfies Record<Condition, Shape>;

export const BUSY_FRAMES = 8;

/** A ring that has turned `frame` eighths, around a small mark. */
function busyShape(frame: number): Shape {
  const turn = frame / BUSY_FRAMES;
  return either(both(ring(16, 16, 15, 2.6), sector(16, 16, turn, turn + 0.72)), scaled(moved(mark, 0, -1), 0.68));
}

export interface TrayIcon {
  readonly condition: Condition;
  /** Null: nothing runs. */
  readonly busyFrame: number | null;
  /** template: black on nothing, the system colours it. light and dark: for panels of the other kind. tile: for panels of any colour. */
  readonly style: "template" | "light" | "dark" | "tile";
}

/** A PNG of `size` pixels. */
export function trayIcon({ condition, busyFrame, style }: TrayIcon, size: number): Buffer {
  const shape = busyFrame === null ? shapes[condition] : busyShape(busyFrame);
  if (style === "tile") return encodePng(draw(size, [{ shape: roundedTile(9), color: DAMSON }, { shape: scaled(shape, 0.82), color: WHITE }]));
  return encodePng(draw(size, [{ shape, color: style === "light" ? WHITE : BLACK }]));
}

/** White bowl, pale dot, on a damson tile. */
export function appIcon(size: number): Picture {
  const glyph = (shape: Shape): Shape => scaled(moved(shape, 0, -1.6), 0.86);
  const layers: Layer[] = [
    { shape: scaled(roundedTile(9), 0.92), color: DAMSON },
    { shape: glyph(bowl), color: WHITE },
    { shape: glyph(dot), color: PALE },
  ];
  return draw(size, layers);
}
