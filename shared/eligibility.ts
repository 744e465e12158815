/**
 * May a site use the variable? Owns the limits, the verdict and its words, and how full each host would be.
 * Pure: the window judges with the same code as the engine.
 */
import { grouped } from "./grouped.ts";

/** The environment variable a site restores itself from. */
export const VARIABLE_NAME = "USER_BACKUP_DATA";

/** The site's own code skips the variable above this; 10 are allowed (FACTS 1). */
export const MAX_VARIABLE_ACCOUNTS = 10;

/** Linux: one `NAME=value` string with its NUL (MAX_ARG_STRLEN, 32 pages of 4,096 bytes). Longer, and the site does not start at all. */
const LINUX_ENTRY_BYTES = 131_072;
/** Heroku: all variables of an app together. */
const HEROKU_TOTAL_BYTES = 32 * 1024;
/** AWS Lambda, and Netlify's functions that run on it: all variables together. */
const LAMBDA_TOTAL_BYTES = 4 * 1024;
/** Our own choice: what we leave for a site's other variables where all share one limit. */
const ROOM_FOR_OTHERS_BYTES = 256;

const NAME_AND_EQUALS_BYTES = VARIABLE_NAME.length + 1;
const NUL_BYTE = 1;

/** Characters of the value; it is base64, so one character is one byte. */
export const MAX_VALUE_LENGTH = LINUX_ENTRY_BYTES - NAME_AND_EQUALS_BYTES - NUL_BYTE;

/** Why a restore from the variable would not bring exactly these accounts back. */
export type RestoreObstacle = "shared_email" | "without_email" | "without_id" | "not_restorable";
type IneligibleReason = "no_accounts" | "too_many_accounts" | "too_long" | RestoreObstacle;

export interface EligibilityQuestion {
  readonly accounts: number;
  /** Characters of the value. Null when it was not made, because the count alone forbids it. */
  readonly valueLength: number | null;
  /** What stands in the way of a restore, as far as the value was read back. */
  readonly obstacle?: RestoreObstacle | null;
}

export type Eligibility =
  | { readonly eligible: true; readonly accounts: number; readonly message: string }
  | {
      readonly eligible: false;
      readonly reason: IneligibleReason;
      readonly accounts: number;
      /** One sentence for the owner. */
      readonly message: string;
      /** What to do instead. */
      readonly hint: string;
    };

const WITHOUT_THE_VARIABLE = "After a redeploy, bring the accounts back from a backup file instead.";

/** Without ids: whoever reads them does not know whose they are. */
const OBSTACLES: Readonly<Record<RestoreObstacle, string>> = {
  shared_email: "Two accounts share an e-mail address: the variable could not bring them back.",
  without_email: "An account does not carry its e-mail address: the variable could not bring it back.",
  without_id: "An account does not carry its own id: the variable could not bring it back as it is.",
  not_restorable: "The variable could not bring all accounts back.",
};

/** All in one verdict: the count before the size, and what stands in the way of a restore last. */
export function judgeEligibility({ accounts, valueLength, obstacle = null }: EligibilityQuestion): Eligibility {
  if (accounts === 0) {
    return {
      eligible: false,
      reason: "no_accounts",
      accounts,
      message: "There are no accounts yet.",
      hint: "The variable can be made as soon as someone has signed up.",
    };
  }
  if (accounts > MAX_VARIABLE_ACCOUNTS) {
    const over = accounts - MAX_VARIABLE_ACCOUNTS;
    const count = grouped(accounts);
    return {
      eligible: false,
      reason: "too_many_accounts",
      accounts,
      message: over === 1 ? `${count} accounts are one too many for the variable.` : `${count} accounts are too many for the variable.`,
      hint: `It holds up to ${MAX_VARIABLE_ACCOUNTS}. ${WITHOUT_THE_VARIABLE}`,
    };
  }
  if (valueLength !== null && valueLength > MAX_VALUE_LENGTH) {
    const used = valueLength + NAME_AND_EQUALS_BYTES + NUL_BYTE;
    return {
      eligible: false,
      reason: "too_long",
      accounts,
      message: `Too long for your host: ${kilobytesAbove(used, LINUX_ENTRY_BYTES)} KB of ${LINUX_ENTRY_BYTES / 1024} KB.`,
      hint: WITHOUT_THE_VARIABLE,
    };
  }
  if (obstacle !== null) {
    return { eligible: false, reason: obstacle, accounts, message: OBSTACLES[obstacle], hint: `Your backups hold everyone. ${WITHOUT_THE_VARIABLE}` };
  }
  const full = accounts === MAX_VARIABLE_ACCOUNTS ? " The next account turns the variable off." : "";
  return { eligible: true, accounts, message: `${accounts} of ${MAX_VARIABLE_ACCOUNTS}.${full}` };
}

/** KB (1,024 bytes) in whole figures, rounded up; with one decimal where whole figures would read "128 KB of 128 KB". */
function kilobytesAbove(bytes: number, limitBytes: number): string {
  const whole = Math.round(bytes / 1024);
  return whole * 1024 > limitBytes ? String(whole) : (Math.ceil((bytes / 1024) * 10) / 10).toFixed(1);
}

export interface HostGauge {
  /** Stable name for machines. */
  readonly id: "linux" | "heroku" | "lambda";
  /** Whose limit it is, for people. */
  readonly host: string;
  /** Characters the value may have there when it is the only variable. */
  readonly limit: number;
  /** Characters the value has. */
  readonly used: number;
  readonly fits: boolean;
  readonly note: string;
}

/** How full each host's limit is with a value of that many characters (FACTS 4). */
export function hostGauge(valueLength: number): readonly HostGauge[] {
  const shared = (totalBytes: number): { limit: number; fits: boolean } => ({
    limit: totalBytes - NAME_AND_EQUALS_BYTES,
    fits: valueLength + NAME_AND_EQUALS_BYTES + ROOM_FOR_OTHERS_BYTES <= totalBytes,
  });
  return [
    {
      id: "linux",
      host: "Render and most hosts",
      limit: MAX_VALUE_LENGTH,
      used: valueLength,
      fits: valueLength <= MAX_VALUE_LENGTH,
      note: "128 KB for each variable. With a longer one the site does not start.",
    },
    { id: "heroku", host: "Heroku", used: valueLength, ...shared(HEROKU_TOTAL_BYTES), note: "32 KB for all variables together." },
    {
      id: "lambda",
      host: "AWS Lambda and Netlify functions",
      used: valueLength,
      ...shared(LAMBDA_TOTAL_BYTES),
      note: "4 KB for all variables together.",
    },
  ];
}
