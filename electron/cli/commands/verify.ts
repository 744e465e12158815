/** `account-keeper verify`: reads one backup, or every one in a folder, from first byte to last. */
import { stat } from "node:fs/promises";
import { isKeeperError, toErrorValue, type ErrorValue } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { verifyBackup, type VerifiedBackup } from "../../engine/backup/verify-backup.ts";
import { openVault } from "../../engine/vault/vault.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { givenPassphrase, openWithPassphrase, WAYS } from "../passphrase.ts";
import { countAccounts, dateAndTime, nameInVault } from "../words.ts";
import { noBackups } from "./list.ts";

/** A folder: exit code 3 when one of several backups is not whole, 10 when there is none. */
export async function verify(context: CliContext, { target, passphraseFile }: OptionsOf["verify"]): Promise<ExitCode> {
  const isFolder = (await stat(target).catch(() => null))?.isDirectory() === true;
  return isFolder ? await verifyFolder(context, target, passphraseFile) : await verifyFile(context, target, passphraseFile);
}

async function verifyFile(context: CliContext, path: string, passphraseFile: string | undefined): Promise<ExitCode> {
  const operation = { signal: context.signal, onProgress: context.progress.onProgress };
  const read = async (passphrase: string | undefined): Promise<VerifiedBackup> => await verifyBackup({ path }, { ...operation, passphrase });
  const verified = await openWithPassphrase(context, passphraseFile, read);
  context.progress.stop();
  context.output.say(`This backup is whole. It holds ${countAccounts(verified.accountCount)}${verified.timestamp === null ? "" : `, from ${dateAndTime(verified.timestamp)}`}.`);
  if (verified.problemCount > 0) context.output.say(`${grouped(verified.problemCount)} more could not be read as an account and ${verified.problemCount === 1 ? "is" : "are"} kept as ${verified.problemCount === 1 ? "it is" : "they are"}.`);
  context.output.result(forMachines(verified));
  return exitCodes.done;
}

async function verifyFolder(context: CliContext, folder: string, passphraseFile: string | undefined): Promise<ExitCode> {
  const { signal, output } = context;
  const passphrase = await givenPassphrase(context, passphraseFile);
  const entries = await (await openVault(folder)).list({ signal });
  if (entries.length === 0) throw noBackups();
  const backups: Readonly<Record<string, unknown>>[] = [];
  let [bad, locked] = [0, 0];
  for (const { name, path, shelf } of entries) {
    const checked = await check(path, { signal, passphrase, onProgress: context.progress.onProgress });
    context.progress.stop();
    if ("error" in checked) {
      bad += 1;
      if (checked.error.code === "PASSPHRASE_NEEDED" || checked.error.code === "PASSPHRASE_WRONG") locked += 1;
    }
    output.say(`${nameInVault({ name, shelf })}: ${"error" in checked ? shown(checked.error.message) : `whole, ${countAccounts(checked.verified.accountCount)}`}`);
    backups.push({ name, shelf, ...("error" in checked ? { ok: false, error: checked.error } : forMachines(checked.verified)) });
  }
  if (entries.length > 1) output.say(bad === 0 ? `All ${entries.length} backups are whole.` : `${entries.length - bad} of ${entries.length} backups ${entries.length - bad === 1 ? "is" : "are"} whole${locked > 0 ? `, ${locked} could not be opened without ${locked === 1 ? "its" : "their"} passphrase` : ""}.`);
  if (locked > 0) output.note(WAYS);
  output.result({ backups });
  return bad === 0 ? exitCodes.done : exitCodes.doneWithProblems;
}

async function check(path: string, options: Parameters<typeof verifyBackup>[1]): Promise<{ verified: VerifiedBackup } | { error: ErrorValue }> {
  try {
    return { verified: await verifyBackup({ path }, options) };
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    return { error: toErrorValue(error) };
  }
}

function forMachines({ kind, encrypted, sizeBytes, timestamp, accountCount, recordCount, problemCount, digest, site }: VerifiedBackup): Readonly<Record<string, unknown>> {
  return {
    ok: true,
    kind,
    encrypted,
    size_bytes: sizeBytes,
    timestamp: timestamp?.toISOString() ?? null,
    accounts: accountCount,
    records: recordCount,
    problem_count: problemCount,
    digest,
    site,
  };
}
