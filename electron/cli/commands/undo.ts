/** `account-keeper restore --undo`: shows what would go back, asks, takes the last restore back. */
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { planUndo, undoRestore, type UndoPlan } from "../../engine/operations/undo-restore.ts";
import type { RestoreTarget } from "../../engine/operations/restore-target.ts";
import { problemsToLookAt } from "../../engine/record.ts";
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import { confirm } from "../ask.ts";
import { safetyFolderFor } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { openWithPassphrase } from "../passphrase.ts";
import { withRestoreTarget } from "../restore-target.ts";
import { countAccounts, dateAndTime, shownIds } from "../words.ts";
import { sayProblems } from "./backup.ts";
import { planForMachines, reportForMachines } from "./restore-json.ts";

/** Exit code 3 when an account needs a look afterwards, 10 when there is no safety copy, 130 after a no. */
export async function undo(context: CliContext, options: OptionsOf["restore"]): Promise<ExitCode> {
  if (options.from === "-") {
    throw new KeeperError("USAGE", "An undo takes nothing from standard input.", {
      hint: "Name the file or folder that the restore was made from. After one from standard input, or from the variable, say --from variable.",
    });
  }
  const { output, prompt, signal, progress } = context;
  const operation = { signal, onProgress: progress.onProgress };
  const safetyFolder = await safetyFolderFor(options.from);
  return await withRestoreTarget(context, options, async (target) => {
    const { plan, passphrase } = await openWithPassphrase(context, options.passphraseFile, async (known) => {
      const found = await planUndo({ ...target.site, safetyFolder, passphrase: known }, operation);
      return { plan: found, passphrase: known };
    });
    progress.stop();
    sayPlan(output, plan, target);
    const toWrite = plan.restore.overwrite.size;
    if (options.dryRun || toWrite === 0) {
      output.result({ outcome: options.dryRun ? "planned" : "nothing_to_do", ...forMachines(plan) });
      return exitCodes.done;
    }
    if (!(await confirm(prompt, { question: `Put back ${countAccounts(toWrite)}?`, yes: options.yes, flag: "--yes" }))) {
      output.say("Nothing was changed.");
      return exitCodes.cancelled;
    }
    const report = await target.write(safetyFolder, async (site) => await undoRestore({ ...site, safetyFolder, passphrase, undo: plan }, operation));
    progress.stop();
    if (safetyFolder === options.from) await noteActivity(safetyFolder, target.site.site, words.undone(report));
    sayReport(output, report);
    output.result({ outcome: "undone", ...forMachines(plan), report: reportForMachines(report) });
    return problemsToLookAt(report).length > 0 ? exitCodes.doneWithProblems : exitCodes.done;
  });
}

function sayPlan(output: Output, { name, madeAt, restore, staying, gone }: UndoPlan, target: RestoreTarget): void {
  const { overwrite, same, problems } = restore;
  output.say(`From the safety copy ${shown(name)}, ${dateAndTime(madeAt)}.`);
  if (overwrite.size > 0) {
    output.say(`Puts back ${grouped(overwrite.size)} · leaves ${grouped(same + staying + problems.length)} as they are · safety copy first.`);
    output.say(`To be put back: ${shownIds([...overwrite.keys()])}. What they changed since then, a password for example, goes back too.`);
  } else output.say(problems.length === 0 ? "Everyone in it is as they were then: there is nothing to put back." : "There is nobody in it who can be put back.");
  sayProblems(output, problems);
  if (staying > 0) output.say(`${countAccounts(staying)} ${staying === 1 ? "is" : "are"} not in that copy, added by the restore or signed up since, and ${staying === 1 ? "stays" : "stay"}: we never delete anyone.`);
  if (gone > 0) output.say(`${countAccounts(gone)} in that copy ${gone === 1 ? "is" : "are"} no longer on your site. No restore did that, and an undo does not bring ${gone === 1 ? "it" : "them"} back.`);
  if (target.copiesFolder && overwrite.size > 0) output.say("Stop your site before you go on: two programs must not write to its folder at once.");
}

function sayReport(output: Output, report: RestoreReport): void {
  const broken = problemsToLookAt(report);
  if (broken.length === 0) output.say(`${countAccounts(report.overwritten)} put back, read again from your site and checked.`);
  else sayProblems(output, broken);
  if (report.safetyBackup !== null) output.say(`What was there before is in ${shown(report.safetyBackup)}, so this can be undone too.`);
}

function forMachines({ name, madeAt, restore, staying, gone }: UndoPlan): Readonly<Record<string, unknown>> {
  return { safety_copy: name, timestamp: madeAt?.toISOString() ?? null, staying, gone, plan: planForMachines(restore) };
}
