/** What `inspect` says of a backup: when and by whom it was made, of which site, whose accounts. Reads all of it first. */
import { grouped } from "../../../shared/grouped.ts";
import type { BackupKind, OpenBackup } from "../../engine/backup/read-backup.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { countAccounts, dateAndTime, IDS_SHOWN, shownIds } from "../words.ts";
import { sayProblems } from "./backup.ts";

const MADE_BY = {
  format_1: "A backup by Account Keeper",
  reference: "A backup by the site itself",
  array: "A bare list of accounts",
  variable: "A locked variable",
} as const satisfies Record<BackupKind, string>;

/** Throws the codes of `records()`: nothing is said of a backup before its last byte was read. */
export async function inspectBackup({ output, progress }: Pick<CliContext, "output" | "progress">, backup: OpenBackup): Promise<ExitCode> {
  const ids = await readIds(backup, progress.onProgress);
  progress.stop();
  const { kind, encrypted, sizeBytes, timestamp } = backup;
  const keeper = backup.head?.account_keeper ?? null;
  // Another program's file holds accounts only.
  const accounts = backup.head?.user_count ?? ids.length;
  const problems = keeper?.problems ?? [];
  const problemCount = keeper?.problem_count ?? 0;

  output.say(`${MADE_BY[kind]}${timestamp === null ? "" : `, made ${dateAndTime(timestamp)}`}. It was read to its end and is whole.`);
  output.say(`${countAccounts(accounts)}${ids.length > accounts ? `, and ${grouped(ids.length - accounts)} that could not be read as an account` : ""}.`);
  if (keeper !== null) output.say(`Site: ${shown(keeper.site)}, collection ${JSON.stringify(shown(keeper.chroma.collection.name))}.`);
  if (encrypted) output.say("It is locked with a passphrase.");
  const fewerThan = keeper?.fewer_than ?? null;
  if (fewerThan !== null) output.say(`It was kept apart: ${shown(fewerThan.backup)} holds ${countAccounts(fewerThan.accounts)}.`);
  if (ids.length > 0) output.say(`Ids: ${shownIds(ids)}.${ids.length > IDS_SHOWN ? " With --json all of them." : ""}`);
  sayProblems(output, problems, problemCount);

  output.result({
    kind,
    encrypted,
    size_bytes: sizeBytes,
    timestamp: timestamp?.toISOString() ?? null,
    accounts,
    records: ids.length,
    ids,
    problem_count: problemCount,
    problems,
    fewer_than: fewerThan,
    made_by: keeper?.made_by ?? null,
    site: keeper?.site ?? null,
    tenant: keeper?.chroma.tenant ?? null,
    database: keeper?.chroma.database ?? null,
    collection: keeper?.chroma.collection.name ?? null,
  });
  return problemCount === 0 ? exitCodes.done : exitCodes.doneWithProblems;
}

async function readIds(backup: OpenBackup, onProgress: CliContext["progress"]["onProgress"]): Promise<string[]> {
  const total = backup.head?.account_keeper.record_count ?? backup.accountCount;
  const ids: string[] = [];
  for await (const page of backup.records()) {
    for (const { id } of page) ids.push(id);
    onProgress({ phase: "verifying", done: ids.length, total, unit: "accounts", canCancel: true, problems: 0 });
  }
  return ids;
}
