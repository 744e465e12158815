/**
 * The log file of the browser host: one line an entry, kept small, readable by this user only. Never throws and never
 * writes to the terminal: what happens to a log must not end a backup.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { inspect } from "node:util";
import type { Log } from "../app/keeper-app.ts";
import { redact } from "../app/redact.ts";

/** Twice this much is kept at most: the file, and the one before it. */
const MAX_BYTES = 1_000_000;

export function createFileLog(path: string, now: () => Date = () => new Date()): Log {
  function write(level: string, text: string): void {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.old`);
      // Line breaks are escaped: an entry cannot pretend to be two.
      const line = JSON.stringify(redact(text)).slice(1, -1).replaceAll('\\"', '"');
      appendFileSync(path, `${now().toISOString()} ${level} ${line}\n`, { mode: 0o600 });
    } catch {
      // A full or missing disk shows itself elsewhere.
    }
  }
  return {
    info: (message) => write("info", message),
    warn: (message) => write("warn", message),
    error(message, error) {
      const ref = randomBytes(4).toString("hex");
      write("error", `[${ref}] ${message} ${inspect(error, { depth: 4, breakLength: Infinity })}`);
      return ref;
    },
  };
}
