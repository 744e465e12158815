/** The lines of one array of a backup, waiting in a spool in the form in which the file will hold them. */
import { createLinesDigest } from "./digest.ts";
import { createSpool } from "./spool.ts";

/** Lines go to the disk in pieces of about this size; a longer one is a piece of its own. */
const PIECE_BYTES = 512 * 1024;
const SEPARATOR = Buffer.from(",\n");
/** UTF-8 takes at most so many bytes for one unit of a JavaScript string. */
const MAX_BYTES_PER_CHARACTER = 3;

export interface LineSpool {
  /** Minified JSON. Waits in memory until there is a piece's worth. One call at a time. */
  add(line: string): Promise<void>;
  flush(): Promise<void>;
  readonly count: number;
  digest(): string;
  /** What was flushed: the lines with commas between them. */
  read(): AsyncGenerator<Buffer>;
  remove(): Promise<void>;
}

/** Makes the file at `path`. Throws the system's errors. */
export async function createLineSpool(path: string): Promise<LineSpool> {
  const spool = await createSpool(path);
  const digest = createLinesDigest();
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let used = 0;
  let count = 0;

  async function flush(): Promise<void> {
    if (used === 0) return;
    await spool.write(piece.subarray(0, used));
    used = 0;
  }

  return {
    async add(line) {
      const mostBytes = line.length * MAX_BYTES_PER_CHARACTER + SEPARATOR.length;
      if (used + mostBytes > piece.length) await flush();
      if (count > 0) used += SEPARATOR.copy(piece, used);
      count += 1;
      if (mostBytes <= piece.length) {
        const written = piece.write(line, used, "utf8");
        digest.addLine(piece.subarray(used, used + written));
        used += written;
      } else {
        const bytes = Buffer.from(line, "utf8");
        digest.addLine(bytes);
        await flush();
        await spool.write(bytes);
      }
    },
    flush,
    get count() {
      return count;
    },
    digest: () => digest.hex(),
    read: () => spool.read(),
    remove: () => spool.remove(),
  };
}
