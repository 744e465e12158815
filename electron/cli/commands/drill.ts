/** `account-keeper drill`: rehearses a restore of one backup, and notes in its vault that this was done. */
import { basename } from "node:path";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { OpenBackup } from "../../engine/backup/read-backup.ts";
import { drillBackup, type DrillReport } from "../../engine/drill/drill.ts";
import { chooseBackup, vaultOf, type BackupChoice } from "../../engine/operations/restore-site.ts";
import { isBackupName } from "../../engine/vault/names.ts";
import { noteRehearsal } from "../../engine/vault/notes.ts";
import { openChosenBackup } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { dateAndTime } from "../words.ts";
import { sayPassedOver, sayProblems } from "./backup.ts";

const SHOWN = 10;

/** Exit code 3 when somebody could not sign in or did not come back as they were. Throws what the choice and `drillBackup` throw. */
export async function drill(context: CliContext, { target, passphraseFile }: OptionsOf["drill"]): Promise<ExitCode> {
  const { signal, output, progress } = context;
  const { chosen, choice } = await openChosenBackup(context, target, passphraseFile, async (choice, options) => ({ chosen: await chooseBackup(choice, options), choice }));
  const { backup, name, passedOver } = chosen;
  sayPassedOver(output, passedOver);
  const report = await drillBackup({ backup }, { signal, onProgress: progress.onProgress });
  progress.stop();
  say(output, report);
  output.say(`${name === null ? "The text you gave" : shown(basename(name))}${backup.timestamp === null ? "" : `, made ${dateAndTime(backup.timestamp)},`} was rehearsed on a ChromaDB of its own, now thrown away. Your site was not touched.`);
  const vaultFolder = vaultFolderOf(choice);
  const noted = await stamp(context, vaultFolder, backup, report);
  if (vaultFolder !== null) await noteActivity(vaultFolder, backup.head?.account_keeper.site ?? basename(vaultFolder), words.rehearsed(report));
  output.result(forMachines(chosen.name, backup, report, noted));
  return report.ok ? exitCodes.done : exitCodes.doneWithProblems;
}

function say(output: Output, { records, restored, couldNotSignIn, couldNotSignInCount, problems, problemCount, ok }: DrillReport): void {
  if (records === 0) output.say("There is nobody in this backup.");
  else if (ok) output.say(records === 1 ? "The 1 account came back and can sign in." : `All ${grouped(records)} came back and can sign in.`);
  if (problemCount > 0) output.say(`${grouped(restored)} of ${grouped(records)} came back as they were.`);
  sayProblems(output, problems, problemCount);
  if (couldNotSignInCount === 0) return;
  output.say(`${grouped(couldNotSignInCount)} of ${grouped(records)} could not sign in.`);
  for (const { id, reasons } of couldNotSignIn.slice(0, SHOWN)) output.say(`  ${shown(id)}: ${reasons.map(({ message }) => message).join(" ")}`);
  if (couldNotSignInCount > SHOWN) output.say(`  and ${grouped(couldNotSignInCount - SHOWN)} more`);
}

/** The vault a backup lies in; null for text, and for a file that no vault would list. */
function vaultFolderOf(choice: BackupChoice): string | null {
  return choice.kind === "file" && !isBackupName(basename(choice.path)) ? null : vaultOf(choice);
}

/** Whether it was noted. A note is a convenience: that it could not be written takes nothing away from the rehearsal. */
async function stamp({ signal, output }: CliContext, folder: string | null, { kind, head }: OpenBackup, report: DrillReport): Promise<boolean> {
  // What completes another program's has a head of ours, and is not what that names.
  if (folder === null || head === null || kind !== "format_1") return false;
  const note = { rehearsedAt: new Date(), rehearsedOk: report.ok, couldNotSignIn: report.couldNotSignInCount };
  try {
    const noted = await noteRehearsal(folder, head.account_keeper.digest.head, note, { signal });
    if (!noted) output.note("This was not noted in the backup folder: a newer Account Keeper keeps its notes there.");
    return noted;
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    output.note(`This could not be noted in the backup folder: ${shown(error.message)}`);
    return false;
  }
}

function forMachines(name: string | null, { kind, timestamp }: OpenBackup, report: DrillReport, noted: boolean): Readonly<Record<string, unknown>> {
  return {
    name,
    kind,
    timestamp: timestamp?.toISOString() ?? null,
    passed: report.ok,
    records: report.records,
    restored: report.restored,
    could_not_sign_in_count: report.couldNotSignInCount,
    could_not_sign_in: report.couldNotSignIn,
    problem_count: report.problemCount,
    problems: report.problems,
    duration_ms: report.durationMs,
    noted,
  };
}
