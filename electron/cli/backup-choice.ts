/** What `--from` means, and where a safety copy goes. */
import { access, constants, stat } from "node:fs/promises";
import envPaths from "env-paths";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { KeeperError } from "../../shared/errors.ts";
import type { BackupChoice } from "../engine/operations/restore-site.ts";
import { vaultOfFile } from "../engine/vault/entries.ts";
import type { CliContext } from "./context.ts";
import { openWithPassphrase } from "./passphrase.ts";
import { readStandardInput } from "./read-input.ts";

/** `variable`, `-` (standard input), a folder or a file. Throws VARIABLE_NOT_SET, and what reading the input throws. */
async function chooseFrom(context: CliContext, from: string): Promise<BackupChoice> {
  if (from === "variable") {
    const text = context.env[VARIABLE_NAME]?.trim() ?? "";
    if (text !== "") return { kind: "text", text };
    throw new KeeperError("VARIABLE_NOT_SET", `${VARIABLE_NAME} is not set.`, { hint: "Copy it into your host's dashboard, or name a backup file or a folder of backups instead." });
  }
  if (from === "-") return { kind: "text", text: await readStandardInput(context) };
  return (await isFolder(from)) ? { kind: "vault", folder: from } : { kind: "file", path: from };
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

/** Opens what `--from` names; asks for the passphrase when it turns out to be needed and somebody is there. */
export async function openChosenBackup<T>(
  context: CliContext,
  from: string,
  passphraseFile: string | undefined,
  open: (choice: BackupChoice, options: { passphrase?: string | undefined; signal: AbortSignal }) => Promise<T>,
  question?: string,
): Promise<T> {
  const choice = await chooseFrom(context, from);
  return await openWithPassphrase(context, passphraseFile, async (passphrase) => await open(choice, { passphrase, signal: context.signal }), question);
}

/** The vault a safety copy belongs to: the one the backup lies in, or in this user's own data folder when that is no place to write. */
export async function safetyFolderFor(from: string): Promise<string> {
  const beside = from === "variable" || from === "-" ? null : (await isFolder(from)) ? from : vaultOfFile(from);
  if (beside !== null && (await isWritable(beside))) return beside;
  return envPaths("account-keeper", { suffix: "" }).data;
}

async function isWritable(folder: string): Promise<boolean> {
  return await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
