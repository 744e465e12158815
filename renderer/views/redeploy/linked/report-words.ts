/** What a finished redeploy says. Pure. */
import type { OperationResult } from "../../../../shared/operations.ts";
import { en } from "../../../strings/en.ts";

export type RedeployResult = OperationResult<"redeploy">;

const words = en.render.report;

/** The one sentence. */
export function reportTitle({ outcome, accountsOnSite, missingIds }: RedeployResult): string {
  if (missingIds.length > 0) return en.overview.deletions.title(missingIds.length);
  if (accountsOnSite === 0) return words.nobody;
  return outcome === "kept" ? words.kept(accountsOnSite) : words.restored(accountsOnSite);
}

function howItWent({ outcome, restored }: RedeployResult): string {
  switch (outcome) {
    case "restored":
      return words.broughtBack(restored);
    case "restored_itself":
      return words.itself;
    case "kept":
      return words.noWipe;
    case "nothing_begun":
      return en.render.redeploy.neverBegun;
    default:
      return outcome satisfies never;
  }
}

function variableLine({ variable }: RedeployResult): readonly string[] {
  if (variable.state === "not_eligible") return [variable.message];
  return variable.state === "unknown" ? [] : [words.variable(variable.accounts)];
}

/** The rest of it, a sentence a line. */
export function reportLines(result: RedeployResult): readonly string[] {
  const { startedAt, endedAt, newcomers, putRight } = result;
  return [
    `${words.took(Date.parse(endedAt) - Date.parse(startedAt))} ${howItWent(result)}`,
    ...(newcomers > 0 ? [words.newcomers(newcomers)] : []),
    ...(putRight > 0 ? [words.putRight(putRight)] : []),
    ...variableLine(result),
  ];
}
