/** The lines of one array of a backup, waiting in the form in which the file will hold them: few in memory, more in a spool. */
import { createLinesDigest } from "./digest.ts";
import { createSpool, type Spool } from "./spool.ts";

/** Lines go to the disk in pieces of about this size; a longer one is a piece of its own. What is less than the first piece never does. */
const FIRST_PIECE_BYTES = 64 * 1024;
const PIECE_BYTES = 512 * 1024;
const SEPARATOR = Buffer.from(",\n");
/** UTF-8 takes at most so many bytes for one unit of a JavaScript string. */
const MAX_BYTES_PER_CHARACTER = 3;

export interface LineSpool {
  /** Minified JSON. Waits in memory until there is a piece's worth. One call at a time. Throws the system's errors. */
  add(line: string): Promise<void>;
  readonly count: number;
  digest(): string;
  /** The lines with commas between them. Nothing may be added afterwards. */
  read(): AsyncGenerator<Buffer>;
  /** Closes and removes the file, if there is one; may be called twice. */
  remove(): Promise<void>;
}

/** The file at `path` is made when it is needed. */
export function createLineSpool(path: string): LineSpool {
  const digest = createLinesDigest();
  let spool: Spool | null = null;
  let piece = Buffer.allocUnsafe(FIRST_PIECE_BYTES);
  let used = 0;
  let count = 0;

  async function write(bytes: Buffer): Promise<void> {
    spool ??= await createSpool(path);
    await spool.write(bytes);
  }

  async function flush(): Promise<void> {
    if (used === 0) return;
    await write(piece.subarray(0, used));
    used = 0;
    if (piece.length < PIECE_BYTES) piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
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
        await write(bytes);
      }
    },
    get count() {
      return count;
    },
    digest: () => digest.hex(),
    async *read() {
      if (spool !== null) yield* spool.read();
      if (used > 0) yield piece.subarray(0, used);
    },
    remove: async () => await spool?.remove(),
  };
}
