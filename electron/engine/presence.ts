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
  /** Who holds this e-mail address: the id of the last one read. */
  holderOf(email: string): string | undefined;
}

export function createPresence(): Presence {
  const ids = new Set<string>();
  const idByEmail = new Map<string, string>();
  return {
    add(records) {
      for (const record of records) {
        ids.add(record.id);
        const email = emailOf(record);
        if (email !== null) idByEmail.set(email, record.id);
      }
    },
    addIds(added) {
      for (const id of added) ids.add(id);
    },
    get size() {
      return ids.size;
    },
    has: (id) => ids.has(id),
    holderOf: (email) => idByEmail.get(email),
  };
}

/**
 * Whether this person signed up again under another id: somebody on the site holds the e-mail address, and is not
 * another account of the same backup with that address (then the backup's site had both).
 */
export function signedUpAgain(email: string | undefined, site: Pick<Presence, "holderOf">, emailInBackup: ReadonlyMap<string, string>): boolean {
  if (email === undefined) return false;
  const holder = site.holderOf(email);
  return holder !== undefined && emailInBackup.get(holder) !== email;
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
  return absent.filter((id) => !signedUpAgain(emailInBackup.get(id), site, emailInBackup));
}
