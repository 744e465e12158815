/** `account-keeper inspect`: what a backup or a pasted variable holds, and what is wrong with it. Never its value, hashes or e-mail addresses. */
import { readFile } from "node:fs/promises";
import { isKeeperError } from "../../../shared/errors.ts";
import { openBackup, type OpenBackup } from "../../engine/backup/read-backup.ts";
import type { BackupOrigin } from "../../engine/backup/source.ts";
import { textOf } from "../../engine/text-bytes.ts";
import { decodeVariable } from "../../engine/variable/decode.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../exit-codes.ts";
import { openWithPassphrase } from "../passphrase.ts";
import { isBackupText, readStandardInput } from "../read-input.ts";
import { inspectBackup } from "./inspect-backup.ts";
import { inspectPastedVariable } from "./inspect-variable.ts";

/** Exit code 3 when something needs a look: what is no account, or a variable that the site could not use as it was pasted. */
export async function inspect(context: CliContext, { target, passphraseFile }: Pick<OptionsOf["inspect"], "target" | "passphraseFile">): Promise<ExitCode> {
  const found = await openTarget(context, target, passphraseFile);
  return typeof found === "string" ? inspectPastedVariable(context, found) : await inspectBackup(context, found);
}

/** A backup, or the text of a variable as it was pasted. */
async function openTarget(context: CliContext, target: string, passphraseFile: string | undefined): Promise<OpenBackup | string> {
  const open = async (from: BackupOrigin): Promise<OpenBackup> =>
    await openWithPassphrase(context, passphraseFile, async (passphrase) => await openBackup(from, { passphrase, signal: context.signal }));
  if (target === "-") {
    const text = await readStandardInput(context);
    return isBackupText(text) ? await open({ text }) : text;
  }
  try {
    const backup = await open({ path: target });
    // What was mended, and the length as pasted, only the text itself tells.
    return backup.kind === "variable" && !backup.encrypted ? textOf(await readFile(target)) : backup;
  } catch (error) {
    // The words themselves are taken too, whole or not. A whole value is longer than any file name may be, which the
    // system reports in its own way.
    const isNoFile = isKeeperError(error, "BACKUP_NOT_FOUND") || isKeeperError(error, "FILE_UNREADABLE");
    if (isNoFile && isVariable(target)) return target;
    throw error;
  }
}

function isVariable(text: string): boolean {
  try {
    decodeVariable(text);
    return true;
  } catch (error) {
    return !isKeeperError(error, "NOT_A_VARIABLE");
  }
}
