/** Text from data on its way to a terminal or a log: whatever it holds, it stays a piece of one line. */

/**
 * Controls (C0 but the line feed, DEL, C1), marks that turn the reading direction, what has no width or ends a line
 * unseen, and halves of characters.
 */
export const UNSAFE = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** As long as any path. Nobody reads more, and a line of megabytes would scroll everything else away. */
const MAX_SHOWN = 4_096;

/** Text from data (a name, an id, a server's words) for use inside a sentence: one line, no control characters. */
export function shown(data: string): string {
  const line = data.slice(0, MAX_SHOWN).replace(/[\n\t]+/g, " ").replace(UNSAFE, "");
  return data.length > MAX_SHOWN ? `${line}…` : line;
}
