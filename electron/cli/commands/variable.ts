/** `account-keeper variable`: prints the value and nothing else on stdout; with `--push` and `--check` it is about the one at Render. */
import { grouped } from "../../../shared/grouped.ts";
import { chooseBackup } from "../../engine/operations/restore-site.ts";
import { variableOfBackup, variableOfSite, type MadeVariable } from "../../engine/operations/make-variable.ts";
import { variableForms } from "../../engine/variable/encode.ts";
import { openChosenBackup } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { withSite } from "../site.ts";
import { countAccounts, leftOutOfVariable } from "../words.ts";
import { checkVariable, pushVariable, refuseHostOptions } from "./host-variable.ts";

/** Exit code 3 when records that are no accounts had to be left out, 10 when there are no accounts, and as `checkVariable` says. */
export async function variable(context: CliContext, options: OptionsOf["variable"]): Promise<ExitCode> {
  if (options.push) return await pushVariable(context, options);
  if (options.check) return await checkVariable(context, options);
  refuseHostOptions(options);
  const made = await make(context, options);
  context.progress.stop();
  const { value, accounts, length, checksum, eligibility, gauge, leftOut } = made;
  const forms = variableForms(value);
  const { output } = context;
  output.note(`${countAccounts(accounts)}, ${grouped(length)} characters, checksum ${checksum}. ${eligibility.message}`);
  for (const { host, fits, note } of gauge) if (!fits) output.note(`Does not fit ${host}: ${note}`);
  if (leftOut > 0) output.note(leftOutOfVariable(leftOut));
  output.print(options.nameValue ? `${forms.nameValue}\n` : options.dotenv ? forms.dotenv : `${forms.value}\n`);
  output.result({ value, accounts, length, checksum, gauge, left_out: leftOut });
  return leftOut > 0 ? exitCodes.doneWithProblems : exitCodes.done;
}

async function make(context: CliContext, options: OptionsOf["variable"]): Promise<MadeVariable> {
  if (options.from === undefined) return await withSite(context, options, async (site) => await variableOfSite(site, { signal: context.signal, onProgress: context.progress.onProgress }));
  const { backup } = await openChosenBackup(context, options.from, options.passphraseFile, chooseBackup);
  return await variableOfBackup(backup);
}
