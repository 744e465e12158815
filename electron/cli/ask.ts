/** Questions on a terminal: yes or no, and secrets that are not shown while typed. Without a terminal nothing ever asks. */
import { createInterface } from "node:readline";
import { Writable, type Readable } from "node:stream";
import { KeeperError } from "../../shared/errors.ts";

export interface Prompt {
  /** False once its input has ended, as after a backup that was typed in for `-`: then nobody can answer any more. */
  readonly canAsk: boolean;
  /** The line that was typed; null when the input ended instead. Throws CANCELLED on Ctrl+C. */
  ask(question: string): Promise<string | null>;
  /** The same without showing what is typed. */
  askSecret(question: string): Promise<string | null>;
}

export interface PromptOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
  /** Takes away what would stand in the question's line. */
  readonly beforeAsking: () => void;
}

export function createPrompt({ input, output, signal, beforeAsking }: PromptOptions): Prompt {
  const readLine = (echo: Writable, question: string): Promise<string | null> =>
    new Promise((resolve, reject) => {
      beforeAsking();
      const terminal = createInterface({ input, output: echo, terminal: true, historySize: 0 });
      let isAnswered = false;
      // The answer did not end its line: what is said next must not stand behind the question.
      const leave = (): void => void output.write("\n");
      const cancel = (): void => {
        leave();
        isAnswered = true;
        reject(new KeeperError("CANCELLED", "Stopped. Nothing was changed."));
        terminal.close();
      };
      // While a line is being edited the terminal is in raw mode: Ctrl+C arrives here, not as a signal.
      terminal.once("SIGINT", cancel);
      signal.addEventListener("abort", cancel, { once: true });
      terminal.once("line", (line) => {
        isAnswered = true;
        resolve(line);
        terminal.close();
      });
      terminal.once("close", () => {
        signal.removeEventListener("abort", cancel);
        if (!isAnswered) leave();
        resolve(null);
      });
      terminal.setPrompt(question);
      terminal.prompt();
      if (signal.aborted) cancel();
    });

  return {
    get canAsk() {
      return input.readable;
    },
    ask: async (question) => (input.readable ? await readLine(output, question) : null),
    async askSecret(question) {
      if (!input.readable) return null;
      const typed = readLine(new Writable({ write: (_chunk, _encoding, done) => done() }), "");
      // Only now: from here on the terminal itself shows nothing of what is typed.
      output.write(question);
      const line = await typed;
      // The Return key was not shown either.
      if (line !== null) output.write("\n");
      return line;
    },
  };
}

export interface Confirmation {
  /** What will happen, with its count: "Bring back 7 accounts?" */
  readonly question: string;
  /** `--yes` was given. */
  readonly yes: boolean;
  /** The flag that answers without a terminal. */
  readonly flag: "--yes" | "--accept-fewer";
}

/**
 * True when it may go on: `--yes`, or a yes on the terminal; anything else typed is a no.
 * Throws CONFIRMATION_NEEDED where nobody can be asked, CANCELLED on Ctrl+C.
 */
export async function confirm(prompt: Prompt | null, { question, yes, flag }: Confirmation): Promise<boolean> {
  if (yes) return true;
  if (prompt?.canAsk !== true) {
    throw new KeeperError("CONFIRMATION_NEEDED", `This needs your yes: ${question}`, { hint: `Add ${flag} to go on without being asked. Nothing was changed.` });
  }
  const answer = await prompt.ask(`${question} [y/N] `);
  return /^y(?:es)?$/i.test(answer?.trim() ?? "");
}
