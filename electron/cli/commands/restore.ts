/** `account-keeper restore`: shows the plan, asks, brings accounts back. */
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import type { OpenBackup } from "../../engine/backup/read-backup.ts";
import { restoredLine } from "../../engine/log-lines.ts";
import { clearRestoreMark } from "../../engine/operations/restore-mark.ts";
import { chooseBackup, restoreSite, vaultOf, type ChosenBackup } from "../../engine/operations/restore-site.ts";
import type { OpenSite, RestoreTarget } from "../../engine/operations/restore-target.ts";
import { otherOriginOf, type BackupOrigin } from "../../engine/operations/whose-vault.ts";
import { leftOutCopies, type LeftOutCopy } from "../../engine/operations/later-copies.ts";
import { idsNotRestored, problemsToLookAt } from "../../engine/record.ts";
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import { lookUpCollection, planRestore, type RestorePlan, type RestoreRequest } from "../../engine/restore/plan-restore.ts";
import { openVault } from "../../engine/vault/vault.ts";
import { grouped } from "../../../shared/grouped.ts";
import { confirm } from "../ask.ts";
import { openChosenBackup, safetyFolderFor } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { withRestoreTarget } from "../restore-target.ts";
import { countAccounts, dateAndTime } from "../words.ts";
import { passedOverForMachines, sayPassedOver, sayProblems } from "./backup.ts";
import { planForMachines, reportForMachines } from "./restore-json.ts";
import { sayVectors } from "./restore-words.ts";
import { restoreOnStartup } from "./restore-on-startup.ts";
import { undo } from "./undo.ts";

/** Exit code 3 when an account needs a look afterwards, 10 when there is no backup to restore from, 130 after a no. */
export async function restore(context: CliContext, options: OptionsOf["restore"]): Promise<ExitCode> {
  if (options.undo === true) return await undo(context, options);
  if (options.onStartup === true) return await restoreOnStartup(context, options);
  // The passphrase, given or typed, locks the safety copy too.
  const { choice, chosen, passphrase } = await openChosenBackup(context, options.from, options.passphraseFile, async (choice, open) => ({
    choice,
    chosen: await chooseBackup(choice, open),
    passphrase: open.passphrase,
  }));
  return await withRestoreTarget(context, options, async (target) => {
    const request: RestoreRequest = {
      ...target.site,
      backup: chosen.backup,
      policy: options.policy === "overwrite" ? "overwrite" : "add_missing",
      only: options.only,
      dimension: options.dimension,
    };
    const operation = { signal: context.signal, onProgress: context.progress.onProgress };
    const plan = await planRestore(request, operation);
    context.progress.stop();
    sayPassedOver(context.output, chosen.passedOver);
    const safetyFolder = await safetyFolderFor(options.from);
    sayPlan(context.output, chosen, plan, target, await otherOriginOf(chosen.backup, target.site, vaultOf(choice) ?? safetyFolder));
    const toWrite = plan.add.size + plan.overwrite.size;
    // Whoever chose a file, or people, has said what they want; a folder stands for everyone in it, also one that cannot be written.
    const isEveryone = options.only === undefined && choice.kind === "vault";
    const keepsNotes = safetyFolder === options.from;
    const leftOutOf = async (site: OpenSite): Promise<LeftOutCopy[]> => (isEveryone ? await findLeftOut({ ...site, folder: options.from, restored: chosen.backup, passphrase }, context.signal) : []);
    if (options.dryRun) {
      context.output.result({ outcome: "planned", plan: planForMachines(plan), passed_over: passedOverForMachines(chosen.passedOver) });
      return exitCodes.done;
    }
    if (toWrite === 0) {
      const leftOut = await leftOutOf(target.site);
      sayLeftOut(context.output, leftOut);
      context.output.result({ outcome: "nothing_to_do", plan: planForMachines(plan), left_out: leftOut, passed_over: passedOverForMachines(chosen.passedOver) });
      return leftOut.length > 0 ? exitCodes.doneWithProblems : exitCodes.done;
    }
    if (!(await confirm(context.prompt, { question: `Bring back ${countAccounts(toWrite)}?`, yes: options.yes, flag: "--yes" }))) {
      context.output.say("Nothing was changed.");
      return exitCodes.cancelled;
    }
    const { report, leftOut } = await target.write(safetyFolder, async (site) => {
      // Only a plan that somebody looked at can go stale: with --yes another process may have been quicker, and that is well.
      const done = await restoreSite({ ...request, ...site, plan: options.yes ? null : plan, safetyFolder, passphrase }, operation);
      if (keepsNotes) await noteActivity(safetyFolder, site.site, words.afterRestore(done));
      // Everyone is there, so nothing is left to finish for the next start.
      if (isEveryone && keepsNotes && idsNotRestored(done).length === 0) await clearRestoreMark(options.from);
      return { report: done, leftOut: await leftOutOf(site) };
    });
    context.progress.stop();
    sayReport(context.output, report);
    sayLeftOut(context.output, leftOut);
    context.output.result({ outcome: "restored", plan: planForMachines(plan), report: reportForMachines(report), left_out: leftOut, passed_over: passedOverForMachines(chosen.passedOver) });
    return leftOut.length > 0 || problemsToLookAt(report).length > 0 ? exitCodes.doneWithProblems : exitCodes.done;
  });
}

async function findLeftOut(
  { folder, ...site }: OpenSite & { folder: string; restored: OpenBackup; passphrase: string | undefined },
  signal: AbortSignal,
): Promise<LeftOutCopy[]> {
  const { collection } = await lookUpCollection(site.connection, site.collectionName, { signal });
  return collection === null ? [] : await leftOutCopies({ ...site, vault: await openVault(folder) }, collection.id, { signal });
}

/** People who signed up while it was not decided who had been deleted are in later copies only. */
function sayLeftOut(output: Output, copies: readonly LeftOutCopy[]): void {
  for (const { path, missing } of copies) {
    output.say(`${countAccounts(missing)} more ${missing === 1 ? "is" : "are"} only in a later copy, ${shown(path)}. Bring ${missing === 1 ? "it" : "them"} back too: account-keeper restore --from ${shown(path)}`);
  }
}

function sayPlan(output: Output, { backup, name }: ChosenBackup, plan: RestorePlan, target: RestoreTarget, otherOrigin: BackupOrigin | null): void {
  const { add, overwrite, same, leftAsTheyAre, problems } = plan;
  const areSomeChosen = plan.chosen < plan.accountsInBackup;
  const chosen = areSomeChosen ? `, ${grouped(plan.chosen)} of them chosen` : "";
  output.say(`From ${name === null ? "the text you gave" : shown(name)}, ${dateAndTime(backup.timestamp)}: ${countAccounts(plan.accountsInBackup)}${chosen}.`);
  if (add.size + overwrite.size === 0) {
    const older = leftAsTheyAre > 0 ? ` ${countAccounts(leftAsTheyAre)} ${leftAsTheyAre === 1 ? "differs from it and stays as it is" : "differ from it and stay as they are"}; --policy overwrite puts back what the backup holds.` : "";
    output.say(plan.chosen === 0 ? "There is nobody in this backup." : `${areSomeChosen ? "Whom you chose" : "Everyone in this backup"} is on your site.${older}`);
    sayProblems(output, problems);
    return;
  }
  if (otherOrigin !== null) sayWhose(output, otherOrigin, target.site);
  const changes = overwrite.size === 0 ? "changes nobody" : `puts back older versions of ${grouped(overwrite.size)}`;
  const safety = plan.accountsOnSite > 0 || target.copiesFolder ? " · safety copy first" : "";
  output.say(`Adds ${grouped(add.size)} · leaves ${grouped(same + leftAsTheyAre + problems.length)} as they are · ${changes}${safety}.`);
  if (plan.databaseMissing) output.say("The database is missing and will be made.");
  if (plan.collection === null) output.say(`The collection ${JSON.stringify(shown(plan.collectionName))} is missing and will be made.`);
  if (target.copiesFolder) output.say("Stop your site before you go on: two programs must not write to its folder at once.");
  sayVectors(output, plan.standInVectors, plan.dimension);
  sayProblems(output, problems);
}

/** Nobody's accounts are to be added to another site unseen. */
function sayWhose(output: Output, origin: BackupOrigin, { site, collectionName }: OpenSite): void {
  const place = (address: string, collection: string): string => `${shown(address)}, collection ${JSON.stringify(shown(collection))}`;
  output.say(`It is a backup of ${place(origin.site, origin.chroma.collection.name)}. It goes into ${place(site, collectionName)}: is that the same site?`);
}

function sayReport(output: Output, report: RestoreReport): void {
  output.say(restoredLine(report.added + report.overwritten));
  const broken = problemsToLookAt(report);
  const restored = report.added + report.overwritten;
  if (broken.length > 0) sayProblems(output, broken);
  else if (restored === 0) output.say(`Everyone was back before we came to it. Your site now has ${grouped(report.accountsOnSite)}.`);
  else output.say(`${restored === 1 ? "1 account is" : `All ${countAccounts(restored)} are`} back, read again from your site and checked. It now has ${grouped(report.accountsOnSite)}.`);
  if (report.safetyBackup !== null) output.say(`What was there before is in ${shown(report.safetyBackup)}.`);
}
