/** From live accounts to a value that may be handed to the owner: judged, made, proved, read back. */
import { hostGauge, judgeEligibility, MAX_VARIABLE_ACCOUNTS, type Eligibility, type HostGauge } from "../../../shared/eligibility.ts";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { checksum, encodeVariable } from "./encode.ts";
import { proveVariable } from "./prove.ts";
import { judgeValue } from "./read-back.ts";

export interface VariableAccount {
  /** Of its record: a restore has to bring it back under this one. */
  readonly id: string;
  /** JSON text. */
  readonly json: string;
}

export interface VariableOffer {
  /** Secret: it holds every account with its password hash. */
  readonly value: string;
  readonly accounts: number;
  /** Characters of the value. */
  readonly length: number;
  readonly checksum: string;
  readonly eligibility: Eligibility;
  readonly gauge: readonly HostGauge[];
}

/**
 * The proved value for these accounts. Keeps at most eleven of them in memory.
 * Throws NO_ACCOUNTS_YET, or NOT_ELIGIBLE with the owner's sentence, also where a restore would not bring exactly these
 * accounts back; VERIFICATION_FAILED, or INTERNAL as `encodeVariable` does.
 */
export async function offerVariable(accounts: Iterable<VariableAccount> | AsyncIterable<VariableAccount>): Promise<VariableOffer> {
  const kept: VariableAccount[] = [];
  let count = 0;
  for await (const account of accounts) {
    count += 1;
    if (count <= MAX_VARIABLE_ACCOUNTS) kept.push(account);
  }
  requireEligible(judgeEligibility({ accounts: count, valueLength: null }));

  const texts = kept.map(({ json }) => json);
  const value = encodeVariable(texts);
  requireEligible(judgeEligibility({ accounts: count, valueLength: value.length }));
  proveVariable(value, texts);
  const eligibility = await judgeValue(value, idsOf(kept));
  requireEligible(eligibility);
  return { value, accounts: count, length: value.length, checksum: checksum(value), eligibility, gauge: hostGauge(value.length) };
}

/** Whether `offerVariable` would offer a value for these accounts, of which there are few enough. */
export async function judgeAccounts(accounts: readonly VariableAccount[]): Promise<Eligibility> {
  const texts = accounts.map(({ json }) => json);
  try {
    const value = encodeVariable(texts);
    proveVariable(value, texts);
    return await judgeValue(value, idsOf(accounts));
  } catch (error) {
    // One of them is nested too deep, say, or has a key twice: a backup keeps it as it is, the variable cannot.
    if (isKeeperError(error, "INTERNAL") || isKeeperError(error, "VERIFICATION_FAILED")) return judgeEligibility({ accounts: accounts.length, valueLength: null, obstacle: "not_restorable" });
    throw error;
  }
}

function idsOf(accounts: readonly VariableAccount[]): string[] {
  return accounts.map(({ id }) => id);
}

function requireEligible(eligibility: Eligibility): void {
  if (eligibility.eligible) return;
  throw new KeeperError(eligibility.reason === "no_accounts" ? "NO_ACCOUNTS_YET" : "NOT_ELIGIBLE", eligibility.message, { hint: eligibility.hint });
}

/** Whether no variable was made because of who is on the site: for whoever does without it then. */
export function isNotEligible(error: unknown): error is KeeperError {
  return isKeeperError(error, "NOT_ELIGIBLE") || isKeeperError(error, "NO_ACCOUNTS_YET");
}
