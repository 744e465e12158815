/** `account-keeper prune`: shows which backups have had their time, asks, removes them. */
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { planPrune, pruneVault } from "../../engine/vault/prune.ts";
import type { KeptBecause } from "../../engine/vault/retention.ts";
import type { VaultEntry } from "../../engine/vault/vault.ts";
import { confirm } from "../ask.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { givenPassphrase } from "../passphrase.ts";
import { countAccounts, nameInVault, timeInVault } from "../words.ts";
import { noBackups } from "./list.ts";

const REASONS = {
  newest: "the newest",
  fullest: "the fullest",
  last_7_days: "of the last 7 days",
  daily: "the last of its day",
  weekly: "the last of its week",
  not_ours_to_remove: "we cannot know what is in it",
} as const satisfies Record<KeptBecause, string>;

/** Exit code 10 when there is no backup, 130 after a no. */
export async function prune(context: CliContext, options: OptionsOf["prune"]): Promise<ExitCode> {
  const { output, signal } = context;
  const settings = { signal, passphrase: await givenPassphrase(context, options.passphraseFile) };
  const plan = await planPrune(options.target, settings);
  if (plan.keep.length + plan.remove.length === 0) throw noBackups();
  const reasons = plan.keep.map(({ entry, because }) => ({ name: entry.name, shelf: entry.shelf, because }));
  const gone = (entries: readonly VaultEntry[]): readonly unknown[] => entries.map(({ name, shelf }) => ({ name, shelf }));

  if (plan.remove.length === 0) {
    output.say("No backup is old enough to go.");
    output.result({ outcome: "nothing_to_do", keep: reasons, remove: [] });
    return exitCodes.done;
  }
  for (const { entry, because } of plan.keep) output.say(`keep    ${describe(entry)} · ${REASONS[because]}`);
  for (const entry of plan.remove) output.say(`remove  ${describe(entry)}`);
  if (options.dryRun) {
    output.result({ outcome: "planned", keep: reasons, remove: gone(plan.remove) });
    return exitCodes.done;
  }
  const question = plan.remove.length === 1 ? "Remove 1 old backup?" : `Remove ${plan.remove.length} old backups?`;
  if (!(await confirm(context.prompt, { question, yes: options.yes, flag: "--yes" }))) {
    output.say("Nothing was changed.");
    return exitCodes.cancelled;
  }
  const report = await pruneVault(options.target, settings);
  if (report.removed.length > 0) await noteActivity(options.target, options.target, words.pruned(report.removed.length));
  output.say(report.removed.length === 1 ? "1 old backup was removed." : `${report.removed.length} old backups were removed.`);
  for (const entry of report.heldBack) output.say(`${nameInVault(entry)} stays: it holds somebody the newest backup does not.`);
  output.result({ outcome: "pruned", keep: reasons, remove: gone(report.removed), held_back: gone(report.heldBack) });
  return exitCodes.done;
}

function describe(entry: VaultEntry): string {
  return `${nameInVault(entry)} · ${timeInVault(entry)}${entry.accounts === null ? "" : ` · ${countAccounts(entry.accounts)}`}`;
}
