/**
 * One small file of ours, checked when read and whole when written. A damaged one is kept aside and told, never reset
 * in silence; one from a later version is left alone.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { KeeperError, toErrorValue, type ErrorValue } from "../../shared/errors.ts";
import { asWriteError, systemCode } from "../engine/backup/file-errors.ts";
import { moveToFreeName, writeSmallFile } from "../engine/vault/atomic.ts";
import { createTurns } from "./turns.ts";

export interface StateFile<T> {
  readonly value: T;
  /** Why what was in the file is not what is used now: for the owner. Null: all is well. */
  readonly notice: ErrorValue | null;
  /** Writes one after the other, each from the newest value. Throws FOLDER_NOT_WRITABLE, FOLDER_NOT_FOUND, DISK_FULL; then file and value are as before. */
  update(change: (value: T) => T): Promise<T>;
}

interface StateFileOptions<T> {
  readonly path: string;
  readonly schema: z.ZodType<T & { version: number }>;
  /** What a new file holds; its `version` is the newest this program knows. */
  readonly initial: T & { version: number };
  /** What the file is for, in the owner's words: "Your list of sites". */
  readonly what: string;
}

const anyVersionSchema = z.object({ version: z.int() });

/** Throws SETTINGS_UNREADABLE for a file that is there and cannot be read, or is from a later version: starting without it could lose it. */
export async function openStateFile<T>({ path, schema, initial, what }: StateFileOptions<T>): Promise<StateFile<T & { version: number }>> {
  const loaded = await load();
  let { value } = loaded;
  const inTurn = createTurns();

  async function load(): Promise<{ value: T & { version: number }; notice: ErrorValue | null }> {
    const text = await read();
    if (text === null) return { value: initial, notice: null };
    const json = tryParse(text);
    const parsed = schema.safeParse(json);
    if (parsed.success) return { value: parsed.data, notice: null };
    const version = anyVersionSchema.safeParse(json);
    if (version.success && version.data.version > initial.version) {
      throw new KeeperError("SETTINGS_UNREADABLE", `${what} was written by a newer Account Keeper.`, { hint: "Update this one. Nothing was changed, and your backups are where they were." });
    }
    const kept = await moveToFreeName(path, asideNames(path)).catch((error: unknown) => {
      throw unreadable(error);
    });
    const told = new KeeperError("SETTINGS_UNREADABLE", `${what} could not be read, so we start with an empty one.`, {
      hint: `Your backups are where they were. The damaged file was kept: ${kept}`,
    });
    return { value: initial, notice: toErrorValue(told) };
  }

  async function read(): Promise<string | null> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      if (systemCode(error) === "ENOENT") return null;
      throw unreadable(error);
    }
  }

  function unreadable(cause: unknown): KeeperError {
    return new KeeperError("SETTINGS_UNREADABLE", `${what} cannot be read.`, { hint: `Look whether you may open ${path}. Nothing was changed.`, cause });
  }

  return {
    get value() {
      return value;
    },
    notice: loaded.notice,
    async update(change) {
      return await inTurn(async () => {
        const changed = change(value);
        try {
          await writeSmallFile(path, `${JSON.stringify(changed, null, 2)}\n`);
        } catch (error) {
          throw asWriteError(error);
        }
        value = changed;
        return changed;
      });
    },
  };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* asideNames(path: string): Generator<string> {
  const stamp = new Date().toISOString().replace(/\.\d+Z$/, "").replace(/\D/g, "");
  const stem = basename(path, ".json");
  for (let attempt = 1; ; attempt += 1) yield join(dirname(path), `${stem}.damaged-${stamp}${attempt === 1 ? "" : `-${attempt}`}.json`);
}
