/** The lines of one array of a backup, waiting in a spool in the form in which the file will hold them. */
import { createLinesDigest } from "./digest.ts";
import { createSpool } from "./spool.ts";

/** Text goes to the disk in pieces of about this many characters: one account may hold megabytes. */
const PIECE_CHARACTERS = 2 * 1024 * 1024;
const SEPARATOR = ",\n";

export interface LineSpool {
  /** Minified JSON. Waits in memory until there is a piece's worth. */
  add(line: string): Promise<void>;
  flush(): Promise<void>;
  readonly count: number;
  /** Of what was flushed. */
  digest(): string;
  /** What was flushed: the lines with commas between them. */
  read(): AsyncGenerator<Buffer>;
  remove(): Promise<void>;
}

/** Makes the file at `path`. Throws the system's errors. */
export async function createLineSpool(path: string): Promise<LineSpool> {
  const spool = await createSpool(path);
  const digest = createLinesDigest();
  let waiting: string[] = [];
  let waitingCharacters = 0;
  let count = 0;

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const isFirst = count === waiting.length;
    const piece = Buffer.from(`${isFirst ? "" : SEPARATOR}${waiting.join(SEPARATOR)}`, "utf8");
    digest.addLines(waiting);
    waiting = [];
    waitingCharacters = 0;
    await spool.write(piece);
  }

  return {
    async add(line) {
      count += 1;
      waiting.push(line);
      waitingCharacters += line.length;
      if (waitingCharacters >= PIECE_CHARACTERS) await flush();
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
