/** Where the window was and how large, kept across restarts. A file that is damaged or of another screen is not used. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { writeSmallFile } from "../engine/vault/atomic.ts";

const pixels = z.int().min(-100_000).max(100_000);
const windowStateSchema = z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels, maximized: z.boolean() });
export type WindowState = z.infer<typeof windowStateSchema>;

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const DEFAULT_SIZE = { width: 1280, height: 800 } as const;
export const MIN_SIZE = { width: 900, height: 600 } as const;
/** So much of the top edge has to be on a screen that it can be dragged. */
const GRIP = { width: 120, height: 40 } as const;

/** Null: there is none that can be used. Never throws: how the window stood is not worth an error. */
export async function readWindowState(path: string): Promise<WindowState | null> {
  try {
    return windowStateSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

/** Throws the system's errors; the old state is then still there. */
export async function writeWindowState(path: string, state: WindowState): Promise<void> {
  await writeSmallFile(path, `${JSON.stringify(windowStateSchema.parse(state))}\n`);
}

/**
 * The bounds to open with. `workAreas` are those of the screens that are there now: a window last seen on one that is
 * unplugged opens in the middle of the main one, and one larger than its screen is cut to it.
 */
export function boundsFor(state: WindowState | null, workAreas: readonly Rectangle[]): Partial<Rectangle> & { width: number; height: number } {
  if (state === null) return fitted(DEFAULT_SIZE, workAreas[0]);
  const screen = workAreas.find((area) => canBeGripped(state, area));
  if (screen === undefined) return fitted(state, workAreas[0]);
  return { x: state.x, y: state.y, ...fitted(state, screen) };
}

/** The smallest size counts more than the screen: below it the page does not hold. */
function fitted({ width, height }: { width: number; height: number }, area: Rectangle | undefined): { width: number; height: number } {
  const most = area ?? DEFAULT_SIZE;
  return { width: Math.max(MIN_SIZE.width, Math.min(width, most.width)), height: Math.max(MIN_SIZE.height, Math.min(height, most.height)) };
}

function canBeGripped(window: Rectangle, area: Rectangle): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const isTopInside = window.y >= area.y - GRIP.height / 2 && window.y + GRIP.height <= area.y + area.height;
  return across >= GRIP.width && isTopInside;
}
