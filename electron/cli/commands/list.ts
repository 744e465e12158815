/** `account-keeper list`: what stands in a folder of backups, newest first. */
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { readNotes, type BackupNote, type VaultNotes } from "../../engine/vault/notes.ts";
import { openVault, type VaultEntry } from "../../engine/vault/vault.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { givenPassphrase } from "../passphrase.ts";
import { countAccounts, nameInVault, size, timeInVault } from "../words.ts";

/** Reads only the head of each file: quick, and no proof that it is whole. Exit code 10 when there is none. */
export async function list(context: CliContext, { target, passphraseFile }: OptionsOf["list"]): Promise<ExitCode> {
  const options = { signal: context.signal, passphrase: await givenPassphrase(context, passphraseFile) };
  const entries = await (await openVault(target)).list(options);
  if (entries.length === 0) throw noBackups();
  const notes = await readNotes(target);
  for (const line of table(entries, notes)) context.output.say(line);
  context.output.result({ backups: entries.map((entry) => forMachines(entry, noteOf(entry, notes))) });
  return exitCodes.done;
}

export function noBackups(): KeeperError {
  return new KeeperError("BACKUP_NOT_FOUND", "There is no backup in this folder.", { hint: "Check the folder, or make one with account-keeper backup." });
}

function noteOf({ headDigest }: VaultEntry, notes: VaultNotes): BackupNote | undefined {
  return headDigest === null ? undefined : notes.get(headDigest);
}

/** One line a backup, in columns; what is special about it stands at the end, where it may be long. */
function table(entries: readonly VaultEntry[], notes: VaultNotes): string[] {
  const rows = entries.map((entry) => ({
    time: timeInVault(entry),
    accounts: entry.accounts === null ? "" : countAccounts(entry.accounts),
    size: size(entry.sizeBytes),
    name: nameInVault(entry),
    remark: [shown(remark(entry)), rehearsed(noteOf(entry, notes))].filter((words) => words !== "").join(" · "),
  }));
  const width = (column: "time" | "accounts" | "size" | "name"): number => Math.max(...rows.map((row) => row[column].length));
  const widths = { time: width("time"), accounts: width("accounts"), size: width("size"), name: width("name") };
  return rows.map((row) =>
    [row.time.padStart(widths.time), row.accounts.padStart(widths.accounts), row.size.padStart(widths.size), row.name.padEnd(widths.name), row.remark].join("  ").trimEnd(),
  );
}

function remark({ state, shelf, fewerThan, error }: VaultEntry): string {
  switch (state) {
    case "damaged":
    case "newer":
      return error?.message ?? state;
    case "locked":
      return "has a passphrase";
    case "foreign":
      return error?.message ?? "made by another program";
    case "good":
      if (shelf === "safety") return "safety copy from before a restore";
      return fewerThan === null ? "" : `short: ${fewerThan.backup} holds ${countAccounts(fewerThan.accounts)}`;
  }
}

function rehearsed(note: BackupNote | undefined): string {
  if (note === undefined) return "";
  if (note.couldNotSignIn > 0) return `rehearsed: ${grouped(note.couldNotSignIn)} could not sign in`;
  return note.rehearsedOk ? "rehearsed" : "rehearsed: not everybody came back";
}

function forMachines({ name, path, shelf, state, kind, encrypted, sizeBytes, timestamp, timestampFrom, accounts, records, fewerThan, error }: VaultEntry, note: BackupNote | undefined): Readonly<Record<string, unknown>> {
  return {
    name,
    path,
    shelf,
    state,
    kind,
    encrypted,
    size_bytes: sizeBytes,
    timestamp: timestamp?.toISOString() ?? null,
    timestamp_from: timestampFrom,
    accounts,
    records,
    fewer_than: fewerThan,
    ...(error === undefined ? {} : { error }),
    ...(note === undefined ? {} : { rehearsed: { at: note.rehearsedAt.toISOString(), ok: note.rehearsedOk, could_not_sign_in: note.couldNotSignIn } }),
  };
}
