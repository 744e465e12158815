/** `account-keeper demo`: the whole story on a real ChromaDB with made-up customers, told in plain sentences. */
import { KeeperError } from "../../../shared/errors.ts";
import { judgeEligibility } from "../../../shared/eligibility.ts";
import { grouped } from "../../../shared/grouped.ts";
import { accountHash, recordHash } from "../../engine/account.ts";
import { readRecords } from "../../engine/chroma/read-records.ts";
import { startDemoSite, type DemoSite } from "../../engine/demo/demo-site.ts";
import { backedUpLine, restoredLine } from "../../engine/log-lines.ts";
import { backupSite } from "../../engine/operations/backup-site.ts";
import { variableOfSite } from "../../engine/operations/make-variable.ts";
import { chooseBackup, restoreSite, type BackupChoice } from "../../engine/operations/restore-site.ts";
import type { AccountRecord } from "../../engine/record.ts";
import { planRestore } from "../../engine/restore/plan-restore.ts";
import { isSameVector } from "../../engine/restore/vectors.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { countAccounts, size } from "../words.ts";

/** One on each side of the variable's limit of 10. */
const SITES = [12, 8] as const;

interface Run {
  readonly accounts: number;
  readonly eligible: boolean;
  readonly restored_from: "backup" | "variable";
  readonly restored: number;
  /** Records that are the same as before the wipe. */
  readonly equal: number;
  readonly seconds: number;
}

export async function demo(context: CliContext): Promise<ExitCode> {
  const { output } = context;
  output.say("A rehearsal with made-up customers, on a real ChromaDB that runs on this computer. Nothing of yours is touched.");
  const runs: Run[] = [];
  for (const accounts of SITES) runs.push(await runSite(context, accounts));
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  output.say(`\nDone in ${seconds.toFixed(1)} s. Now your own site: account-keeper backup --url ADDRESS --out backups`);
  output.result({ runs });
  return exitCodes.done;
}

async function runSite(context: CliContext, accounts: number): Promise<Run> {
  const started = performance.now();
  const operation = { signal: context.signal, onProgress: context.progress.onProgress };
  const say = (text: string): void => {
    context.progress.stop();
    context.output.say(text);
  };
  say(`\nA site with ${countAccounts(accounts)}`);
  const site = await startDemoSite(accounts, operation);
  try {
    const before = await readSite(site, operation);
    say(`  ChromaDB is running. ${countAccounts(before.size)} on the site.`);

    const backup = await backupSite({ ...site, connection: site.connection, folder: site.vaultFolder }, operation);
    say(`  ${backedUpLine(backup.accounts)}`);
    say(`  ${backup.name}, ${size(backup.sizeBytes)}, was read back and checked.`);

    const variable = await offerIfEligible(site, accounts, operation);
    say(`  ${variable.sentence}`);

    await site.redeploy();
    say(`  A redeploy wiped the disk. ${countAccounts(await countOnSite(site))} on the site: nobody could sign in.`);

    const from = variable.value === null ? "backup" : "variable";
    const choice: BackupChoice = variable.value === null ? { kind: "vault", folder: site.vaultFolder } : { kind: "text", text: variable.value };
    const { backup: source } = await chooseBackup(choice, operation);
    const request = { ...site, connection: site.connection, backup: source, policy: "add_missing" as const };
    const plan = await planRestore(request, operation);
    const report = await restoreSite({ ...request, plan, safetyFolder: site.vaultFolder }, operation);
    say(`  ${restoredLine(report.added)}${from === "variable" ? ", from the variable alone" : ""}`);

    const equal = countEqual(before, await readSite(site, operation), from);
    if (equal !== before.size) throw new KeeperError("VERIFICATION_FAILED", `Only ${equal} of ${countAccounts(before.size)} are as they were.`, { hint: "Please report this: the demo should never end here." });
    const seconds = (performance.now() - started) / 1_000;
    say(`  Compared one by one with what was there before: all ${equal} are the same. Everyone can sign in as before.`);
    return { accounts, eligible: variable.value !== null, restored_from: from, restored: report.added, equal, seconds };
  } finally {
    context.progress.stop();
    await site.close();
  }
}

type Operation = Pick<CliContext, "signal"> & Pick<CliContext["progress"], "onProgress">;

async function offerIfEligible(site: DemoSite, accounts: number, operation: Operation): Promise<{ value: string | null; sentence: string }> {
  const verdict = judgeEligibility({ accounts, valueLength: null });
  if (!verdict.eligible) return { value: null, sentence: `${verdict.message} ${verdict.hint}` };
  const { value, length, checksum } = await variableOfSite(site, operation);
  return { value, sentence: `USER_BACKUP_DATA holds all ${accounts}: ${grouped(length)} characters, checksum ${checksum}.` };
}

async function countOnSite(site: DemoSite): Promise<number> {
  const collection = await site.connection.findCollection(site.collectionName);
  return collection === null ? 0 : await site.connection.count(collection.id);
}

async function readSite(site: DemoSite, { signal }: Operation): Promise<Map<string, AccountRecord>> {
  const found = new Map<string, AccountRecord>();
  const collection = await site.connection.findCollection(site.collectionName, { signal });
  if (collection === null) return found;
  for await (const page of readRecords(site.connection, collection.id, { signal, withVectors: true })) {
    for (const record of page) found.set(record.id, record);
  }
  return found;
}

/** The variable holds accounts, spelled its own way, and no vectors; a backup holds every byte. */
function countEqual(before: ReadonlyMap<string, AccountRecord>, after: ReadonlyMap<string, AccountRecord>, from: "backup" | "variable"): number {
  return [...before.values()].filter((record) => {
    const restored = after.get(record.id);
    if (restored === undefined) return false;
    if (from === "variable") return accountHash(record) === accountHash(restored);
    const sameVector = record.embedding !== null && restored.embedding !== null && isSameVector(record.embedding, restored.embedding);
    return sameVector && recordHash(record) === recordHash(restored);
  }).length;
}
