/**
 * Keeps a site that has lost accounts from replacing the backup that still holds them. By id and e-mail address, not by
 * number: forty new sign-ups after a wipe do not make up for the thirty who are gone.
 */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { FewerThan } from "../backup/format.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { missingFrom, type Presence } from "../presence.ts";
import type { NewestGood } from "../vault/vault.ts";

/** A backup that a newer one has to hold everybody of. */
export interface GuardedBackup {
  readonly name: string;
  readonly backup: OpenBackup;
  /** As they were counted: a file of another program need not tell. */
  readonly accounts: number;
}

/** Of the first of `before` that holds somebody whom the site does not: how many and whom, by id. Null when none does. Throws the codes of their `records()`, CANCELLED. */
export async function fewerThanBefore(before: readonly GuardedBackup[], site: Presence, options: OperationOptions = {}): Promise<{ fewerThan: FewerThan; missing: readonly string[] } | null> {
  for (const { name, backup, accounts } of before) {
    const missing = await missingFrom(site, backup, { signal: options.signal });
    if (missing.length > 0) return { fewerThan: { backup: name, accounts, missing: missing.length }, missing };
  }
  return null;
}

/** Throws PASSPHRASE_NEEDED or PASSPHRASE_WRONG when a newer backup is locked: what cannot be compared cannot be guarded. */
export function refuseLockedNewest({ passedOver }: NewestGood): void {
  const locked = passedOver.find((entry) => entry.state === "locked");
  if (locked === undefined) return;
  if (locked.error?.code === "PASSPHRASE_WRONG") {
    throw new KeeperError("PASSPHRASE_WRONG", "That passphrase does not open the newest backup in this folder.", {
      hint: "Check capital letters and spaces. We need it to compare: without it nobody would notice if accounts are missing. Nothing was written.",
    });
  }
  throw new KeeperError("PASSPHRASE_NEEDED", "The newest backup in this folder has a passphrase.", {
    hint: "Give it, so that we can compare: without it nobody would notice if accounts are missing. Nothing was written.",
  });
}

/**
 * For a site without accounts and a vault without a backup that can be read: whether that is a new site or a wiped one,
 * nobody can tell. Throws PASSPHRASE_NEEDED, PASSPHRASE_WRONG or BACKUP_DAMAGED unless there is no backup at all.
 */
export function refuseUnreadable(good: NewestGood): void {
  refuseLockedNewest(good);
  const [first] = good.passedOver;
  if (first === undefined) return;
  throw new KeeperError("BACKUP_DAMAGED", "Your site has no accounts, and none of its backups can be used.", { hint: `It may have been wiped. The newest, ${first.name}: ${first.error?.message ?? "it cannot be read."}` });
}

/** A site without a single account whose newest backup holds some is never backed up by itself. */
export function siteEmpty(fewerThan: FewerThan): KeeperError {
  return new KeeperError("SITE_EMPTY", `Your site has no accounts. The newest backup holds ${fewerThan.accounts}.`, {
    hint: 'It looks wiped: bring them back with "account-keeper restore". If it is meant to be empty, back up with --accept-fewer.',
  });
}

/** A file of nobody would keep nobody, and would be called the newest good backup. */
export function noAccountsYet({ passedOver }: NewestGood): KeeperError {
  return new KeeperError("NO_ACCOUNTS_YET", "There are no accounts yet.", {
    hint:
      passedOver.length === 0
        ? "Nothing was backed up. Back up again when somebody has signed up."
        : "Nothing was backed up. There are backups in this folder that could not be opened: if your site should have accounts, it may have been wiped.",
  });
}
