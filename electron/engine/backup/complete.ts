/**
 * Another program's backup tells who there is; ours before it knows more of the same people: vectors, metadata, and how
 * their collection was made. Restored together they give everybody back whole.
 */
import { accountHash } from "../account.ts";
import { isJsonObject, parseLossless, stringifyLossless } from "../json/text.ts";
import type { AccountRecord } from "../record.ts";
import type { BackupHead } from "./format.ts";
import type { OpenBackup } from "./read-backup.ts";

/**
 * `foreign`, completed by `ours`, which holds nobody who is not in it. Who is the same in both comes as ours; who has
 * changed since comes as told, beside what our record holds besides; who is new comes as told. Keeps the accounts that
 * are told in memory. `records()` throws what theirs throw.
 */
export function completeFrom(foreign: OpenBackup, ours: OpenBackup): OpenBackup {
  const { head } = ours;
  return {
    ...foreign,
    head: head === null ? null : countsOf(foreign, head),
    async *records(options = {}) {
      const told = new Map<string, AccountRecord>();
      for await (const page of foreign.records(options)) for (const record of page) told.set(record.id, record);
      for await (const page of ours.records({ only: options.only })) {
        const known: AccountRecord[] = [];
        for (const record of page) {
          const now = told.get(record.id);
          if (now === undefined) continue;
          known.push(completed(now, record));
          told.delete(record.id);
        }
        if (known.length > 0) yield known;
      }
      if (told.size > 0) yield [...told.values()];
    },
  };
}

function countsOf({ accountCount }: OpenBackup, head: BackupHead): BackupHead {
  const accounts = accountCount ?? head.user_count;
  return { ...head, user_count: accounts, account_keeper: { ...head.account_keeper, record_count: accounts } };
}

function completed(told: AccountRecord, ours: AccountRecord): AccountRecord {
  if (accountHash(told) === accountHash(ours)) return ours;
  return { ...ours, document: told.document, metadata: joined(ours.metadata, told.metadata) };
}

/** What is told wins. */
function joined(ours: string | null, told: string | null): string | null {
  if (ours === null || told === null) return told ?? ours;
  const [before, now] = [parseLossless(ours), parseLossless(told)];
  return isJsonObject(before) && isJsonObject(now) ? stringifyLossless({ ...before, ...now }) : told;
}
