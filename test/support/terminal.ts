/** A real terminal around the built command, and what a person would see on it in the end. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { CLI_MAIN } from "./cli-process.ts";

/** The program of util-linux that gives another one a terminal; BSD's of the same name takes other arguments. */
export const hasTerminal = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

export interface TerminalRun {
  /** Everything that was written to the terminal so far. */
  readonly output: () => string;
  /** Resolves when the terminal has shown this, from the beginning on. Rejects when the command ends without it. */
  shows(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  readonly ended: Promise<number | null>;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function runInTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): TerminalRun {
  const line = [process.execPath, CLI_MAIN, ...args].map(quoted).join(" ");
  // A size of its own: the terminal of whoever runs the tests must not matter.
  const child = spawn("script", ["-qefc", `stty cols 100 rows 30; exec ${line}`, "/dev/null"], { env: { ...process.env, TERM: "xterm", ...env }, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const waiting = new Set<() => void>();
  const decoder = new TextDecoder();
  child.stdout.on("data", (chunk: Buffer) => {
    output += decoder.decode(chunk, { stream: true });
    for (const check of waiting) check();
  });
  const closed = once(child, "close");
  return {
    output: () => output,
    shows: async (pattern) =>
      await new Promise<void>((resolve, reject) => {
        const check = (): void => {
          if (!pattern.test(output)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        void closed.then(() => reject(new Error(`The terminal never showed ${String(pattern)}, but ${JSON.stringify(output)}`)));
      }),
    type: (keys) => void child.stdin.write(keys),
    ended: closed.then(() => child.exitCode),
  };
}

export interface Screen {
  /** Lines without spaces at their ends, without empty ones at the end. */
  readonly lines: readonly string[];
  readonly cursorShown: boolean;
}

// eslint-disable-next-line no-control-regex -- what moves a terminal begins with one
const TOKEN = /\x1b\[(\??)([\d;]*)([A-Za-z])|\x1b([78])|([\r\n\b\x07])|([^\x00-\x1f])/gu;

/** What stands on the screen after all this was written to it. Throws for what it does not know: nothing is passed over. */
export function screenAfter(output: string): Screen {
  const lines: string[][] = [[]];
  let [row, column, cursorShown] = [0, 0, true];
  let saved: [number, number] = [0, 0];
  let at = 0;
  const current = (): string[] => {
    while (lines.length <= row) lines.push([]);
    return lines[row] ?? [];
  };
  for (const match of output.matchAll(TOKEN)) {
    if (match.index !== at) break;
    at += match[0].length;
    const [, isPrivate, digits = "", letter, save, control, character] = match;
    const count = Number(digits || "0");
    if (character !== undefined) {
      const line = current();
      while (line.length < column) line.push(" ");
      line[column] = character;
      column += 1;
    } else if (control === "\r") column = 0;
    else if (control === "\n") row += 1;
    else if (control === "\b") column = Math.max(0, column - 1);
    else if (save === "7") saved = [row, column];
    else if (save === "8") [row, column] = saved;
    else if (isPrivate === "?" && count === 25) cursorShown = letter === "h";
    else if (letter === "G") column = Math.max(0, count - 1);
    else if (letter === "K") current().splice(count === 2 ? 0 : column);
    else if (letter === "J" && count === 0) {
      current().splice(column);
      lines.splice(row + 1);
    } else if (isPrivate !== "?") throw new Error(`a screen that knows no ${JSON.stringify(match[0])}`);
  }
  if (at !== output.length) throw new Error(`a screen that knows no ${JSON.stringify(output.slice(at, at + 10))}`);
  const shown = lines.map((line) => line.join("").trimEnd());
  while (shown.at(-1) === "") shown.pop();
  return { lines: shown, cursorShown };
}
