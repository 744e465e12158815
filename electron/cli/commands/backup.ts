/** `account-keeper backup`: one backup of one site. */
import { dirname, join } from "node:path";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import type { FewerThan } from "../../engine/backup/format.ts";
import { backupSite, type BackupReport } from "../../engine/operations/backup-site.ts";
import { backedUpLine } from "../../engine/log-lines.ts";
import type { Problem } from "../../engine/record.ts";
import type { VaultEntry } from "../../engine/vault/vault.ts";
import { confirm } from "../ask.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { openWithPassphrase, passphraseToLock } from "../passphrase.ts";
import { withSite } from "../site.ts";
import { countAccounts, IDS_SHOWN, shownIds, size } from "../words.ts";

/** Exit code 3 when something needs a look: what is no account, fewer accounts than before, or an older version of somebody. */
export async function backup(context: CliContext, options: OptionsOf["backup"]): Promise<ExitCode> {
  // A locked newest backup can only be compared when its passphrase is known, also when the new one is not to be locked.
  const { report, isPassphraseKnown } = options.encrypt
    ? await backUp(context, options, await passphraseToLock(context, options.passphraseFile))
    : await openWithPassphrase(context, options.passphraseFile, async (known) => await backUp(context, options, known), "Passphrase of the newest backup: ");
  context.progress.stop();

  sayPassedOver(context.output, report.passedOver);
  say(context.output, report, { isShortTold: context.prompt !== null });
  if (report.outcome === "written" && isPassphraseKnown && !report.encrypted) context.output.note("It is not locked. --encrypt locks it with your passphrase.");
  context.output.result(forMachines(report));
  return report.problemCount > 0 || report.fewerThan !== null || report.olderVersions !== null ? exitCodes.doneWithProblems : exitCodes.done;
}

interface BackedUp {
  readonly report: BackupReport;
  readonly isPassphraseKnown: boolean;
}

/** Asks whether fewer accounts are right, where somebody can be asked. */
async function backUp(context: CliContext, options: OptionsOf["backup"], passphrase: string | undefined): Promise<BackedUp> {
  return await withSite(context, options, async (site) => {
    const request = { ...site, folder: options.out, passphrase, encrypt: options.encrypt };
    const once = async (acceptFewer: boolean): Promise<BackedUp> => {
      const report = await backupSite({ ...request, acceptFewer }, { signal: context.signal, onProgress: context.progress.onProgress });
      context.progress.stop();
      if (report.outcome === "written") for (const news of words.afterBackup(report)) await noteActivity(options.out, site.site, news);
      return { report, isPassphraseKnown: passphrase !== undefined };
    };
    const first = await once(options.acceptFewer);
    const { fewerThan, missing } = first.report;
    if (fewerThan === null || context.prompt === null) return first;
    context.output.say(shortOf(first.report, fewerThan));
    const question = `Is it right that ${missing.length === 1 ? "it is" : "they are"} gone?`;
    const isRight = await confirm(context.prompt, { question, yes: false, flag: "--accept-fewer" }).catch((error: unknown) => {
      // It was written before the question.
      throw isKeeperError(error, "CANCELLED") ? new KeeperError("CANCELLED", `Stopped. ${BOTH_KEPT}`) : error;
    });
    return isRight ? await once(true) : first;
  });
}

/** Newer backups that could not be used. */
export function passedOverForMachines(entries: readonly VaultEntry[]): readonly unknown[] {
  return entries.map(({ name, error }) => ({ name, ...(error === undefined ? {} : { error }) }));
}

/** As many as a comparison lists. */
const MAX_IDS = 1_000;

function forMachines({ outcome, name, path, sizeBytes, encrypted, timestamp, accounts, records, problemCount, problems, fewerThan, missing, olderVersions, passedOver }: BackupReport): Readonly<Record<string, unknown>> {
  return {
    outcome,
    name,
    path,
    size_bytes: sizeBytes,
    encrypted,
    timestamp: timestamp.toISOString(),
    accounts,
    records,
    problem_count: problemCount,
    problems,
    fewer_than: fewerThan,
    missing: missing.slice(0, MAX_IDS),
    older_versions: olderVersions === null ? null : { backup: olderVersions.backup, count: olderVersions.ids.length, ids: olderVersions.ids.slice(0, MAX_IDS) },
    passed_over: passedOverForMachines(passedOver),
  };
}

/** `isShortTold`: before the question whether that is right. */
function say(output: Output, report: BackupReport, { isShortTold }: { isShortTold: boolean }): void {
  const { accounts, records, name, path, outcome } = report;
  output.say(backedUpLine(accounts));
  if (report.fewerThan !== null) {
    if (!isShortTold) output.say(shortOf(report, report.fewerThan));
    output.say(BOTH_KEPT);
  } else if (records !== accounts) output.say(`${grouped(accounts)} of ${countAccounts(records)} backed up as accounts, the rest as it is.`);
  else if (accounts === 0) output.say("There are no accounts, and this backup says so.");
  else output.say(`${accounts === 1 ? "Your 1 account is" : `All ${countAccounts(accounts)} are`} safe.`);
  output.say(
    outcome === "unchanged"
      ? `Nothing has changed since ${shown(name)}, which was just read back and checked.`
      : `${shown(path)}, ${size(report.sizeBytes)}${report.encrypted ? ", locked with your passphrase" : ""}. It was read back and checked.`,
  );
  sayProblems(output, report.problems, report.problemCount);
  sayOlder(output, report);
}

/** The backup is made: whoever was put back by the site itself as they were long ago is the owner's to decide about. */
function sayOlder(output: Output, { olderVersions, path }: BackupReport): void {
  if (olderVersions === null) return;
  const { backup: name, ids } = olderVersions;
  const only = ids.length <= IDS_SHOWN ? ids.map(shown).join(",") : "and their ids, which --json lists";
  output.say(`${countAccounts(ids.length)} came back in an older version than ${shown(name)} holds, perhaps with an old password: ${shownIds(ids)}.`);
  output.say(`That backup is kept. Unless the older version is right, restore from it: account-keeper restore --from ${shown(join(dirname(path), name))} --policy overwrite --only ${only}`);
}

function shortOf({ records, missing }: BackupReport, { backup: name, accounts }: FewerThan): string {
  const those = missing.length === 1 ? "1 of them is" : `${grouped(missing.length)} of them are`;
  return `This backup holds ${countAccounts(records)}. The last one, ${shown(name)}, holds ${grouped(accounts)}, and ${those} not on your site: ${shownIds(missing)}.`;
}

const BOTH_KEPT = "Both are kept, and a restore goes on using the backups from before until you back up with --accept-fewer.";

const PROBLEMS_SHOWN = 10;

/** The first problems, one a line, under a sentence with their number. */
export function sayProblems(output: Output, problems: readonly Problem[], count = problems.length): void {
  if (count === 0) return;
  output.say(count === 1 ? "1 needs a look:" : `${grouped(count)} need a look:`);
  for (const { id, message } of problems.slice(0, PROBLEMS_SHOWN)) output.say(`  ${shown(id)}: ${shown(message)}`);
  if (count > PROBLEMS_SHOWN) output.say(`  and ${grouped(count - PROBLEMS_SHOWN)} more`);
}

/** Files that should have come first but cannot be used: never passed over in silence. */
export function sayPassedOver(output: Output, entries: readonly VaultEntry[]): void {
  for (const { name, error } of entries) output.note(`${shown(name)} is not used: ${shown(error?.message ?? "it cannot be read.")}`);
}
