/** `account-keeper restore --on-startup`: for a start command, where nobody can be asked and nobody watches. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { restoredLine, STARTING_FRESH } from "../../engine/log-lines.ts";
import { chooseBackup } from "../../engine/operations/restore-site.ts";
import { accountsAtStartup, chooseStartupBackup, restoreAtStartup } from "../../engine/operations/startup-backup.ts";
import { problemsToLookAt } from "../../engine/record.ts";
import { safetyFolderFor } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { givenPassphrase } from "../passphrase.ts";
import { withRestoreTarget } from "../restore-target.ts";
import { countAccounts } from "../words.ts";
import { passedOverForMachines, sayPassedOver, sayProblems } from "./backup.ts";
import { reportForMachines } from "./restore-json.ts";
import { sayVectors } from "./restore-words.ts";

/** Taken for names of files that are not there, they would end as a fresh start. */
function refusePlaces(from: string): void {
  const hint = `Leave --from out, or name a backup file or a folder of backups. ${VARIABLE_NAME} is looked at anyway.`;
  if (from === "-") throw new KeeperError("USAGE", "--on-startup does not read standard input.", { hint });
  if (from === "variable") throw new KeeperError("USAGE", `--on-startup looks at ${VARIABLE_NAME} by itself, after the backups.`, { hint });
}

/** Exit code 0 when accounts are there already, 10 when there is neither a backup nor a variable, 3 as `restore`. */
export async function restoreOnStartup(context: CliContext, options: OptionsOf["restore"]): Promise<ExitCode> {
  refusePlaces(options.from);
  const { output, signal } = context;
  const operation = { signal, onProgress: context.progress.onProgress };
  const passphrase = await givenPassphrase(context, options.passphraseFile);
  return await withRestoreTarget(context, options, async (target) => {
    const { site } = target;
    const accounts = await accountsAtStartup(site, options.from, { signal });
    context.progress.stop();
    if (accounts !== null) {
      output.say(`${countAccounts(accounts)} on your site. Nothing to do.`);
      output.result({ outcome: "accounts_present", accounts });
      return exitCodes.done;
    }
    const chosen = await chooseStartupBackup({ site, place: options.from, variable: context.env[VARIABLE_NAME] ?? "", passphrase, signal });
    if (chosen === null) {
      output.say(STARTING_FRESH);
      // Only where there is a backup folder: a new site has none, and needs none for this.
      await noteActivity(options.from, site.site, words.startingFresh());
      // Not thrown: a fresh start is no failed restore, and must not be called one.
      output.fail(new KeeperError("BACKUP_NOT_FOUND", "There is neither a backup nor a variable.", { hint: `For a new site that is right. Otherwise set ${VARIABLE_NAME}, or name a backup with --from.` }));
      return exitCodes.nothingFound;
    }
    if (chosen.notUsed !== undefined) output.note(`The backup in ${shown(options.from)} is not used: ${shown(chosen.notUsed.message)} We take ${VARIABLE_NAME} instead.`);
    const { backup, passedOver } = await chooseBackup(chosen.choice, { passphrase, signal });
    const safetyFolder = await safetyFolderFor(chosen.from === "variable" ? "variable" : options.from);
    const report = await target.write(safetyFolder, async (open) => await restoreAtStartup({ ...open, chosen, backup, safetyFolder, passphrase, dimension: options.dimension }, operation));
    context.progress.stop();
    sayPassedOver(output, passedOver);
    if (chosen.choice.kind === "vault") await noteActivity(chosen.choice.folder, site.site, words.afterRestore(report));
    output.say(restoredLine(report.added));
    sayVectors(output, report.standInVectors, { dimension: report.dimension, source: report.dimensionSource });
    sayProblems(output, report.problems);
    output.result({ outcome: "restored", from: chosen.from, report: reportForMachines(report), ...(chosen.notUsed === undefined ? {} : { not_used: chosen.notUsed }), passed_over: passedOverForMachines(passedOver) });
    return problemsToLookAt(report).length > 0 ? exitCodes.doneWithProblems : exitCodes.done;
  });
}
