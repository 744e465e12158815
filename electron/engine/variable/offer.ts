/** From live accounts to a value that may be handed to the owner: judged, made, proved. */
import { hostGauge, judgeEligibility, MAX_VARIABLE_ACCOUNTS, type Eligibility, type HostGauge } from "../../../shared/eligibility.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { checksum, encodeVariable } from "./encode.ts";
import { proveVariable } from "./prove.ts";

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
 * The proved value for these accounts (JSON texts). Keeps at most eleven of them in memory.
 * Throws NOT_ELIGIBLE with the owner's sentence, VERIFICATION_FAILED, or INTERNAL as `encodeVariable` does.
 */
export async function offerVariable(accounts: Iterable<string> | AsyncIterable<string>): Promise<VariableOffer> {
  const kept: string[] = [];
  let count = 0;
  for await (const account of accounts) {
    count += 1;
    if (count <= MAX_VARIABLE_ACCOUNTS) kept.push(account);
  }
  requireEligible(judgeEligibility({ accounts: count, valueLength: null }));

  const value = encodeVariable(kept);
  const eligibility = judgeEligibility({ accounts: count, valueLength: value.length });
  requireEligible(eligibility);
  proveVariable(value, kept);
  return { value, accounts: count, length: value.length, checksum: checksum(value), eligibility, gauge: hostGauge(value.length) };
}

function requireEligible(eligibility: Eligibility): void {
  if (!eligibility.eligible) throw new KeeperError("NOT_ELIGIBLE", eligibility.message, { hint: eligibility.hint });
}
