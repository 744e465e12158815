/** What `inspect` says of a variable: how many accounts, whether the site could use it as it was pasted, where it fits. */
import { grouped } from "../../../shared/grouped.ts";
import { inspectVariable, type VariableReport } from "../../engine/variable/inspect.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { countAccounts, shownIds } from "../words.ts";

/** Throws the codes of `inspectVariable`. */
export function inspectPastedVariable({ output }: Pick<CliContext, "output">, text: string): ExitCode {
  const report = inspectVariable(text);
  const problems = findProblems(report);
  const { accounts, ids, length, checksum, remarks, readableBySite, eligibility, gauge } = report;

  output.say(`${countAccounts(accounts)} in this variable.`);
  output.say(`${grouped(length)} characters, checksum ${checksum}.`);
  if (ids.length > 0) output.say(`Ids: ${shownIds(ids)}.`);
  for (const { message } of remarks) output.say(message);
  for (const problem of problems) output.say(problem);
  if (eligibility.eligible) for (const { host, fits, note } of gauge) output.say(`${host}: ${fits ? "fits" : "does not fit"}. ${note}`);
  else if (accounts > 0) output.say(`${eligibility.message} ${eligibility.hint}`);

  output.result({
    kind: "variable",
    accounts,
    ids,
    length,
    checksum,
    remarks: remarks.map(({ code, message, siteStumbles }) => ({ code, message, site_stumbles: siteStumbles })),
    readable_by_site: readableBySite,
    eligibility,
    gauge,
    problems,
  });
  return problems.length === 0 ? exitCodes.done : exitCodes.doneWithProblems;
}

function findProblems({ readableBySite, withoutId, withoutEmail, sharedEmail }: VariableReport): string[] {
  const problems: string[] = [];
  if (!readableBySite) problems.push("Your site could not read it like this. Copy the variable again, or make a new one.");
  if (withoutId > 0) problems.push(`${countAccounts(withoutId)} without an id: the site cannot take ${withoutId === 1 ? "it" : "them"} back.`);
  if (withoutEmail > 0) problems.push(`${countAccounts(withoutEmail)} without an e-mail address: the site cannot take ${withoutEmail === 1 ? "it" : "them"} back.`);
  if (sharedEmail > 0) problems.push("Two accounts share an e-mail address: a restore takes none of them back.");
  return problems;
}
