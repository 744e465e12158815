/** Looks into a pasted value and tells what is in it, without passwords, e-mail addresses or the value itself. */
import { hostGauge, judgeEligibility, type Eligibility, type HostGauge } from "../../../shared/eligibility.ts";
import { decodeVariable } from "./decode.ts";
import { checksum } from "./encode.ts";
import type { Remark } from "./remarks.ts";

export interface VariableReport {
  readonly accounts: number;
  /** Their `user_id`s, in order. */
  readonly ids: readonly string[];
  /** Accounts that name no `user_id`, or no e-mail address: the site could not take them back. */
  readonly withoutId: number;
  readonly withoutEmail: number;
  /** Accounts whose e-mail address an earlier one has: for one of them a restore takes none back. */
  readonly sharedEmail: number;
  /** Characters and checksum of the value as it should be pasted. */
  readonly length: number;
  readonly checksum: string;
  readonly remarks: readonly Remark[];
  /** False when the site itself would not read the text as it was pasted, though we could. */
  readonly readableBySite: boolean;
  readonly eligibility: Eligibility;
  readonly gauge: readonly HostGauge[];
}

/** Throws what `decodeVariable` throws. */
export function inspectVariable(text: string): VariableReport {
  const { accounts, value, remarks } = decodeVariable(text);
  const people = accounts.map(readPerson);
  const ids = people.flatMap(({ id }) => (id === null ? [] : [id]));
  const emails = people.flatMap(({ email }) => (email === null ? [] : [email]));
  return {
    accounts: accounts.length,
    ids,
    withoutId: accounts.length - ids.length,
    withoutEmail: people.length - emails.length,
    sharedEmail: emails.length - new Set(emails).size,
    length: value.length,
    checksum: checksum(value),
    remarks,
    readableBySite: !remarks.some(({ siteStumbles }) => siteStumbles),
    eligibility: judgeEligibility({ accounts: accounts.length, valueLength: value.length }),
    gauge: hostGauge(value.length),
  };
}

/** `JSON.parse` is enough: neither of the two is a number. The text was scanned, so it is valid and not too deep. */
function readPerson(account: string): { id: string | null; email: string | null } {
  const parsed: unknown = JSON.parse(account);
  const read = (key: "user_id" | "email"): string | null => {
    const value: unknown = typeof parsed === "object" && parsed !== null ? Object.getOwnPropertyDescriptor(parsed, key)?.value : undefined;
    return typeof value === "string" && value !== "" ? value : null;
  };
  return { id: read("user_id"), email: read("email") };
}
