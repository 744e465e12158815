/** Who is on a site, by id and by e-mail address, and which accounts of a backup are not. */
import { throwIfCancelled, type OperationOptions } from "../../shared/progress.ts";
import { emailOf } from "./account.ts";
import type { OpenBackup } from "./backup/read-backup.ts";
import type { AccountRecord } from "./record.ts";

export interface Presence {
  add(records: readonly AccountRecord[]): void;
  /** Ids whose accounts were not read: their e-mail addresses stay unknown. */
  addIds(ids: Iterable<string>): void;
  readonly size: number;
  has(id: string): boolean;
  readonly emails: Pick<EmailIndex, "holdersOf">;
}

export interface EmailIndex {
  add(record: AccountRecord): void;
  /** Ids of those who hold this e-mail address: nearly always one, but a site may let several people have the same. */
  holdersOf(email: string): readonly string[];
}

export function createEmailIndex(): EmailIndex {
  // An array for everybody would take more memory than the addresses.
  const holders = new Map<string, string | string[]>();
  return {
    add(record) {
      const email = emailOf(record);
      if (email === null) return;
      const before = holders.get(email);
      if (typeof before === "object") before.push(record.id);
      else holders.set(email, before === undefined ? record.id : [before, record.id]);
    },
    holdersOf(email) {
      const found = holders.get(email) ?? [];
      return typeof found === "string" ? [found] : found;
    },
  };
}

export function createPresence(): Presence {
  const ids = new Set<string>();
  const emails = createEmailIndex();
  return {
    add(records) {
      for (const record of records) {
        ids.add(record.id);
        emails.add(record);
      }
    },
    addIds(added) {
      for (const id of added) ids.add(id);
    },
    get size() {
      return ids.size;
    },
    has: (id) => ids.has(id),
    emails,
  };
}

/**
 * Tells by e-mail address under which ids a person signed up again: those on the site who hold the address and are not
 * other accounts of the same backup with it (then the backup's site had both). None: nobody did.
 */
export function createSignedUpAgain(emails: Pick<EmailIndex, "holdersOf">, emailInBackup: ReadonlyMap<string, string>): (email: string | undefined) => readonly string[] {
  // Where a whole site has one address, it would be gone through for everybody.
  const known = new Map<string, readonly string[]>();
  return (email) => {
    if (email === undefined) return [];
    const again = known.get(email) ?? emails.holdersOf(email).filter((holder) => emailInBackup.get(holder) !== email);
    known.set(email, again);
    return again;
  };
}

/**
 * Ids of the backup's accounts that are not on the site, neither by id nor by e-mail address. Throws the codes of
 * `OpenBackup.records`, CANCELLED.
 */
export async function missingFrom(site: Presence, backup: OpenBackup, options: OperationOptions = {}): Promise<string[]> {
  const absent: string[] = [];
  const emailInBackup = new Map<string, string>();
  for await (const page of backup.records()) {
    throwIfCancelled(options.signal);
    for (const record of page) {
      const email = emailOf(record);
      if (email !== null) emailInBackup.set(record.id, email);
      if (!site.has(record.id)) absent.push(record.id);
    }
  }
  const signedUpAgain = createSignedUpAgain(site.emails, emailInBackup);
  return absent.filter((id) => signedUpAgain(emailInBackup.get(id)).length === 0);
}
