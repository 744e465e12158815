/** Reads a value back as a restore reads it, before anybody relies on it: what the site decodes is not yet what comes back. */
import { isDeepStrictEqual } from "node:util";
import { judgeEligibility, type Eligibility, type RestoreObstacle } from "../../../shared/eligibility.ts";
import { isKeeperError, type ErrorCode } from "../../../shared/errors.ts";
import { openBackup } from "../backup/read-backup.ts";

/** What the reader refuses, and refuses all of the value for. */
const OBSTACLE_BY_CODE: Partial<Record<ErrorCode, RestoreObstacle>> = {
  DUPLICATE_EMAIL: "shared_email",
  ACCOUNT_WITHOUT_EMAIL: "without_email",
  ACCOUNT_WITHOUT_ID: "without_id",
  DUPLICATE_ID: "without_id",
};

/**
 * May a site use `value`, made of the accounts with these record ids in this order? By count and size first, then by
 * whether a restore would give back exactly these ids.
 */
export async function judgeValue(value: string, ids: readonly string[]): Promise<Eligibility> {
  const question = { accounts: ids.length, valueLength: value.length };
  const byLimits = judgeEligibility(question);
  return byLimits.eligible ? judgeEligibility({ ...question, obstacle: await findObstacle(value, ids) }) : byLimits;
}

async function findObstacle(value: string, ids: readonly string[]): Promise<RestoreObstacle | null> {
  const back: string[] = [];
  try {
    const backup = await openBackup({ text: value });
    for await (const page of backup.records()) back.push(...page.map(({ id }) => id));
  } catch (error) {
    // Its message speaks of a file, and may name an account: the verdict has words of its own.
    if (isKeeperError(error)) return OBSTACLE_BY_CODE[error.code] ?? "not_restorable";
    throw error;
  }
  return isDeepStrictEqual(back, ids) ? null : "without_id";
}
