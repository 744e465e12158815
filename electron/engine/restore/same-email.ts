/**
 * Who of a backup cannot come back because another account on the site has their e-mail address, and who shares one with
 * somebody that came while they were brought back. Judges only; writes nothing.
 */
import { emailOf } from "../account.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import { createEmailIndex, createSignedUpAgain, type EmailIndex } from "../presence.ts";
import type { Problem } from "../record.ts";

export interface SameEmailFacts {
  readonly emailsOnSite: Pick<EmailIndex, "holdersOf">;
  /** Of the backup's accounts, at least of those that were chosen. */
  readonly emailInBackup: ReadonlyMap<string, string>;
  /** Ids that would be added or put back. */
  readonly wanted: readonly string[];
  /** Whether it may be put back: then it gives up the address it holds now. */
  readonly isPutBack: (id: string) => boolean;
}

/** Those of `wanted` that have to be left out. */
export function findHeldOff({ emailsOnSite, emailInBackup, wanted, isPutBack }: SameEmailFacts): ReadonlySet<string> {
  const signedUpAgain = createSignedUpAgain(emailsOnSite, emailInBackup);
  const heldOff = new Set<string>();
  const givesItUp = (holder: string): boolean => isPutBack(holder) && !heldOff.has(holder);
  const holdsIt = (id: string, email: string | undefined): boolean => email !== undefined && emailsOnSite.holdersOf(email).includes(id);
  // Who is left out keeps the address they have now, and that may be somebody else's in the backup.
  for (let before = -1; before < heldOff.size; ) {
    before = heldOff.size;
    for (const id of wanted) {
      const email = emailInBackup.get(id);
      // Who shares it already is not put in anybody's way.
      if (!signedUpAgain(email).every(givesItUp) && !holdsIt(id, email)) heldOff.add(id);
    }
  }
  return heldOff;
}

/**
 * Who on the site holds the address of somebody chosen may be another account of the same backup that was not chosen: then
 * its site had both, and nobody signed up again. Adds their addresses to `emailInBackup`. Throws the codes of reading a backup.
 */
export async function learnEmailsOfOthers(backup: OpenBackup, emailInBackup: Map<string, string>, { holdersOf }: Pick<EmailIndex, "holdersOf">): Promise<void> {
  const others = [...emailInBackup.values()].flatMap(holdersOf).filter((id) => !emailInBackup.has(id));
  if (others.length === 0) return;
  for await (const page of backup.records({ only: new Set(others) })) {
    for (const record of page) {
      const email = emailOf(record);
      if (email !== null) emailInBackup.set(record.id, email);
    }
  }
}

export interface Restored {
  readonly connection: ChromaConnection;
  readonly collectionId: string;
  readonly backup: OpenBackup;
  /** Nobody but accounts of the same backup held their addresses before they were added. */
  readonly added: ReadonlySet<string>;
}

/**
 * Those of `added` whose address somebody else holds as well by now: they signed up again while they were brought back, and
 * which of the two they sign in to is left to the site. Reads the whole site. Throws the codes of `readRecords` and of
 * reading a backup, CANCELLED.
 */
export async function findSignedUpMeanwhile({ connection, collectionId, backup, added }: Restored, options: OperationOptions): Promise<Problem[]> {
  const emailsOnSite = createEmailIndex();
  const emailById = new Map<string, string>();
  for await (const page of readRecords(connection, collectionId, { signal: options.signal, withVectors: false })) {
    throwIfCancelled(options.signal);
    for (const record of page) {
      emailsOnSite.add(record);
      const email = added.has(record.id) ? emailOf(record) : null;
      if (email !== null) emailById.set(record.id, email);
    }
  }
  // No two of another program's have one address.
  if (backup.kind === "format_1") await learnEmailsOfOthers(backup, emailById, emailsOnSite);
  const signedUpAgain = createSignedUpAgain(emailsOnSite, emailById);
  return [...added].filter((id) => signedUpAgain(emailById.get(id)).length > 0).map((id) => ({ code: "SIGNED_UP_MEANWHILE", id, message: SIGNED_UP_MEANWHILE }));
}

const SIGNED_UP_MEANWHILE = "This person signed up again while they were brought back: two accounts have their e-mail address now, and your site may find either.";

export function sameEmailProblem(id: string, isOnSite: boolean): Problem {
  const message = isOnSite ? "Its e-mail address belongs to another account by now, so it is left as it is." : "This person signed up again under another id and is left as they are.";
  return { code: "SAME_EMAIL_OTHER_ID", id, message };
}
