/**
 * Who is in a backup, in pages for a list that a person scrolls: ids, names and e-mail addresses of one backup at a
 * time, kept in memory while it is looked at. Never a hash: nothing else of an account is read.
 */
import { z } from "zod";
import type { OperationOptions } from "../../../shared/progress.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { emailOf } from "../../engine/account.ts";
import type { OpenBackup } from "../../engine/backup/read-backup.ts";
import type { AccountRecord } from "../../engine/record.ts";

interface IndexedAccount {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

interface AccountRow {
  /** Never masked: it is what somebody is chosen by. Where a site takes the e-mail address for it, the window shows it masked. */
  readonly id: string;
  readonly name: string | null;
  /** "l•••••@gmail.com" unless e-mail addresses were asked for. */
  readonly email: string | null;
}

interface AccountPage {
  /** How many match; all of them without a search. */
  readonly total: number;
  readonly accounts: readonly AccountRow[];
}

interface AccountQuery {
  /** Matches anywhere in name, id and e-mail address, in any case. Empty: everybody. */
  readonly search: string;
  readonly offset: number;
  readonly limit: number;
  readonly showEmails: boolean;
}

export interface AccountIndex {
  readonly size: number;
  page(query: AccountQuery): AccountPage;
}

const withName = z.object({ full_name: z.string().optional(), name: z.string().optional(), username: z.string().optional() });

/** Reads all of the backup. Throws the codes of `OpenBackup.records`, CANCELLED when `signal` aborts. */
export async function indexAccounts(backup: OpenBackup, { signal, onProgress }: OperationOptions = {}): Promise<AccountIndex> {
  const accounts: IndexedAccount[] = [];
  const total = backup.head?.account_keeper.record_count ?? backup.accountCount;
  for await (const page of backup.records()) {
    throwIfCancelled(signal);
    for (const record of page) accounts.push({ id: record.id, name: nameOf(record), email: emailOf(record) });
    onProgress?.({ phase: "reading", done: accounts.length, total, unit: "accounts", canCancel: true, problems: 0 });
  }
  /** Scrolling asks for page after page of the same search. */
  let last: { search: string; found: readonly IndexedAccount[] } = { search: "", found: accounts };

  function find(search: string): readonly IndexedAccount[] {
    const wanted = search.trim().toLowerCase();
    if (wanted !== last.search) last = { search: wanted, found: wanted === "" ? accounts : accounts.filter((account) => matches(account, wanted)) };
    return last.found;
  }

  return {
    size: accounts.length,
    page({ search, offset, limit, showEmails }) {
      const found = find(search);
      const rows = found.slice(offset, offset + limit).map(({ id, name, email }) => (showEmails ? { id, name, email } : { id, name: name === null ? null : maskEmail(name), email: email === null ? null : maskEmail(email) }));
      return { total: found.length, accounts: rows };
    },
  };
}

function matches({ id, name, email }: IndexedAccount, wanted: string): boolean {
  return [id, name, email].some((text) => text?.toLowerCase().includes(wanted) === true);
}

function nameOf({ document }: AccountRecord): string | null {
  try {
    const parsed = withName.safeParse(JSON.parse(document ?? "null"));
    const { full_name, name, username } = parsed.success ? parsed.data : {};
    return [full_name, name, username].find((text) => text !== undefined && text.trim() !== "") ?? null;
  } catch {
    return null;
  }
}

/** Some sites take the e-mail address for the name. The last @ is the one before the domain. */
export function maskEmail(text: string): string {
  return text.replace(/^(.).*@(?=[^@]+$)/su, "$1•••••@");
}
