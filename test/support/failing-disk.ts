/**
 * A disk that fails at one chosen step below one folder: whatever the engine writes, syncs, names or removes there meets a system
 * error, once or from then on. Everything else of this process goes on working.
 */
import fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, sep } from "node:path";
import { onTestFinished } from "vitest";

/** What becomes of the disk at the chosen step. */
export interface DiskFault {
  readonly code: "ENOSPC" | "EDQUOT" | "EIO" | "EROFS" | "EACCES" | "ENOENT";
  readonly lasts: "once" | "from_here_on";
}

export interface FailingDisk {
  /** The steps since it was healed last, as "write", "rename user_backup_20261124.json". */
  readonly steps: readonly string[];
  /** Whether the fault has happened. */
  hasFailed(): boolean;
  /** The step with this number from now on, 0 for the next one, fails. */
  failAt(nth: number, fault: DiskFault): void;
  heal(): void;
}

const NAMED = ["rename", "link", "rm", "unlink", "rmdir", "mkdir", "utimes", "copyFile", "chmod"] as const;
const HANDLED = ["write", "sync", "datasync", "truncate", "appendFile", "writeFile"] as const;
const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);
const REMOVING = /^(?:rm|unlink|rmdir) /;

type Loose = Record<string, (...args: unknown[]) => unknown>;

/** Ends with the test. */
export function watchDisk(folder: string): FailingDisk {
  const promises = fs.promises as unknown as Loose;
  const undo: (() => void)[] = [];
  const paths = new WeakMap<object, string>();
  let steps: string[] = [];
  let failing: { readonly at: number; readonly fault: DiskFault } | null = null;
  let hasFailed = false;

  function step(words: string): void {
    const number = steps.length;
    steps.push(words);
    if (failing === null || number < failing.at) return;
    const { code, lasts } = failing.fault;
    // What takes something away needs no room.
    if ((lasts === "once" && hasFailed) || (NO_ROOM.has(code) && REMOVING.test(words))) return;
    hasFailed = true;
    throw Object.assign(new Error(`${code}: made up by a test, ${words}`), { code, errno: -1, syscall: words.split(" ")[0] });
  }

  function isOurs(path: unknown): boolean {
    return typeof path === "string" && (path === folder || path.startsWith(`${folder}${sep}`));
  }

  function replace(target: Loose, name: string, make: (real: (...args: unknown[]) => unknown) => (...args: unknown[]) => unknown): void {
    const real = target[name];
    if (real === undefined) return;
    target[name] = make(real);
    undo.push(() => (target[name] = real));
  }

  for (const name of NAMED) {
    replace(promises, name, (real) => async (...args) => {
      if (isOurs(args[0]) || isOurs(args[1])) step(`${name} ${basename(String(args[0]))}`);
      return await real(...args);
    });
  }
  let patched = false;
  replace(promises, "open", (real) => async (...args) => {
    const [path, flags] = args;
    const isWriting = typeof flags === "string" ? flags !== "r" : typeof flags === "number" && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
    if (isOurs(path) && isWriting) step(`open ${basename(String(path))}`);
    const handle = (await real(...args)) as FileHandle;
    if (isOurs(path)) paths.set(handle, String(path));
    if (!patched) {
      patched = true;
      const prototype = Object.getPrototypeOf(handle) as Loose;
      for (const name of HANDLED) {
        replace(prototype, name, (method) => async function (this: object, ...rest: unknown[]) {
          const at = paths.get(this);
          if (at !== undefined) step(`${name} ${basename(at)}`);
          return await method.apply(this, rest);
        });
      }
    }
    return handle;
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    for (const put of undo.reverse()) put();
    syncBuiltinESMExports();
  });

  return {
    get steps() {
      return steps;
    },
    hasFailed: () => hasFailed,
    failAt(nth, fault) {
      failing = { at: steps.length + nth, fault };
      hasFailed = false;
    },
    heal() {
      failing = null;
      steps = [];
    },
  };
}
