/** What the process gives to the command line, and what each command gets of it. */
import type { Readable, Writable } from "node:stream";
import { createPrompt, type Prompt } from "./ask.ts";
import { createOutput, type Output } from "./output.ts";
import { createProgressBar, type ProgressBar } from "./progress-bar.ts";

/** The outside world; tests give their own. */
export interface CliHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean };
  readonly stderr: Writable & { isTTY?: boolean };
  /** Aborted by the first Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface CliContext {
  readonly env: CliHost["env"];
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Null where nobody can answer: no terminal, or `--json`. */
  readonly prompt: Prompt | null;
  readonly progress: ProgressBar;
}

export function createContext(host: CliHost, options: { json: boolean }): CliContext {
  const { env, stdin, stdout, stderr, signal } = host;
  // Questions go to stderr, so stdout may be a pipe; somebody has to see them and be able to answer.
  const someoneIsThere = stdin.isTTY === true && stderr.isTTY === true && !options.json;
  // A terminal that cannot move its cursor (TERM=dumb) would show how the line is drawn, not the line.
  const progress = createProgressBar({ stream: stderr, enabled: stderr.isTTY === true && env["TERM"] !== "dumb" && !options.json });
  return {
    env,
    stdin,
    signal,
    output: createOutput({ stdout, stderr, json: options.json }),
    prompt: someoneIsThere ? createPrompt({ input: stdin, output: stderr, signal, beforeAsking: () => progress.stop() }) : null,
    progress,
  };
}
