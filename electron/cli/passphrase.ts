/** Where a passphrase comes from: a file, the environment, or the terminal; never the command line. */
import { isKeeperError, KeeperError } from "../../shared/errors.ts";
import type { CliContext } from "./context.ts";
import { readSmallFile } from "./small-files.ts";

const PASSPHRASE_VARIABLE = "ACCOUNT_KEEPER_PASSPHRASE";

type Asking = Pick<CliContext, "env" | "prompt">;

/**
 * The passphrase that was given beforehand: `--passphrase-file` (its first line, spaces and all), else the environment;
 * undefined when neither. Throws FILE_UNREADABLE, or USAGE for an empty file.
 */
export async function givenPassphrase({ env }: Pick<CliContext, "env">, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return env[PASSPHRASE_VARIABLE] || undefined;
  const [line = ""] = (await readSmallFile(file, "passphrase file")).split(/\r?\n/);
  if (line === "") throw new KeeperError("USAGE", "The passphrase file begins with an empty line.", { hint: "Write the passphrase on its first line." });
  return line;
}

/** The same context with what was given in its environment, where several backups may need it: a pipe gives it only once. */
export async function withGivenPassphrase(context: CliContext, file: string | undefined): Promise<CliContext> {
  const given = await givenPassphrase(context, file);
  return given === undefined ? context : { ...context, env: { ...context.env, [PASSPHRASE_VARIABLE]: given } };
}

/** What to do where nobody was asked. */
export const WAYS = `Set ${PASSPHRASE_VARIABLE}, or name a file with --passphrase-file.`;

/**
 * Runs `open` with what was given; when a passphrase turns out to be needed and somebody is there, asks and runs it again.
 * Throws PASSPHRASE_NEEDED where nobody can be asked or nothing was typed, and what `open` throws.
 */
export async function openWithPassphrase<T>(
  context: Asking,
  file: string | undefined,
  open: (passphrase: string | undefined) => Promise<T>,
  question = "Passphrase of this backup: ",
): Promise<T> {
  const given = await givenPassphrase(context, file);
  try {
    return await open(given);
  } catch (error) {
    if (!isKeeperError(error, "PASSPHRASE_NEEDED")) throw error;
    const typed = await context.prompt?.askSecret(question);
    if (typed) return await open(typed);
    throw new KeeperError("PASSPHRASE_NEEDED", error.message, { hint: error.hint === undefined ? WAYS : `${error.hint} ${WAYS}`, cause: error });
  }
}

/** To lock a backup: given, else asked for twice. Throws PASSPHRASE_NEEDED, or PASSPHRASE_WRONG when the two differ. */
export async function passphraseToLock(context: Asking, file: string | undefined): Promise<string> {
  const given = await givenPassphrase(context, file);
  if (given !== undefined) return given;
  const first = await context.prompt?.askSecret("New passphrase for this backup: ");
  if (!first) throw new KeeperError("PASSPHRASE_NEEDED", "A locked backup needs a passphrase.", { hint: WAYS });
  const second = await context.prompt?.askSecret("The same once more: ");
  if (first === second) return first;
  throw new KeeperError("PASSPHRASE_WRONG", "The two passphrases differ.", { hint: "Nothing was written. Try again." });
}
