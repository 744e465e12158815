/**
 * A disk as Windows has it, below one folder: calls fail with the code that Node gives there, as often as a test says. What
 * the system is called, and so how patient the engine is, changes with it. Ends with the test.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import { onTestFinished } from "vitest";

type CallName = "rename" | "link" | "rm" | "unlink" | "open" | "readdir" | "rmdir" | "lstat" | "copyFile" | "mkdir";
type Call = (...args: unknown[]) => Promise<unknown>;

export interface WindowsDisk {
  /** How often a call failed. */
  readonly failures: number;
  /** From now on `call` fails on what `on` matches, `times` times; on those only for which `when` holds. */
  fail(call: CallName, code: string, options: { on: RegExp; times?: number; when?: (path: string) => boolean }): void;
}

/** For the rest of the test this process is told that it runs on `name`. */
export function pretendPlatform(name: NodeJS.Platform): void {
  const before = Object.getOwnPropertyDescriptor(process, "platform");
  Object.defineProperty(process, "platform", { ...before, value: name });
  onTestFinished(() => {
    if (before !== undefined) Object.defineProperty(process, "platform", before);
  });
}

export function windowsDisk(folder: string): WindowsDisk {
  pretendPlatform("win32");
  const promises = fs.promises as unknown as Record<CallName, Call>;
  const undo: (() => void)[] = [];
  let failures = 0;
  onTestFinished(() => {
    for (const put of undo.reverse()) put();
    syncBuiltinESMExports();
  });
  return {
    get failures() {
      return failures;
    },
    fail(call, code, { on, times = Infinity, when = () => true }) {
      const real = promises[call];
      let left = times;
      promises[call] = async (...args) => {
        const path = String(args[0]);
        if (left > 0 && path.startsWith(folder) && on.test(basename(path)) && when(path)) {
          left -= 1;
          failures += 1;
          throw Object.assign(new Error(`${code}: made up by a test, ${call} ${basename(path)}`), { code, errno: -1, syscall: call });
        }
        return await real(...args);
      };
      undo.push(() => (promises[call] = real));
      syncBuiltinESMExports();
    },
  };
}
