/**
 * Compares two sides account by account: who is new, who is missing, and what of whom has changed. Names fields, never
 * values; writes nothing.
 */
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { accountHash, emailOf, recordHash } from "../account.ts";
import { createPresence, createSignedUpAgain } from "../presence.ts";
import type { AccountRecord } from "../record.ts";
import { changedFields, createNameLists, fieldHashes, type FieldHashes } from "./fields.ts";
import type { Side } from "./side.ts";

interface ChangedAccount {
  readonly id: string;
  /** Which fields, in the owner's words; "spelling" when the document is the same account in other bytes. */
  readonly fields: readonly string[];
}

interface SignedUpAgain {
  /** On the left only. */
  readonly missingId: string;
  /** Who holds the same e-mail address on the right. */
  readonly presentId: string;
}

export interface Diff {
  /** accounts: one side knows no more than the accounts themselves, so metadata and uri were left out. */
  readonly compared: "everything" | "accounts";
  /** Exact, however long the lists are. */
  readonly counts: {
    readonly added: number;
    readonly missing: number;
    readonly changed: number;
    readonly signedUpAgain: number;
    readonly same: number;
  };
  /** Ids that are on the right only. This and the other lists hold the first `maxListed`. */
  readonly added: readonly string[];
  /** Ids that are on the left only. From a backup to its site these are the accounts a restore would add. */
  readonly missing: readonly string[];
  readonly changed: readonly ChangedAccount[];
  /** In neither of the first two lists: the same person under another id, by e-mail address. */
  readonly signedUpAgain: readonly SignedUpAgain[];
}

export interface CompareOptions extends OperationOptions {
  /** Length of each list. */
  readonly maxListed?: number | undefined;
}

const MAX_LISTED = 1_000;
/** A document whose value is the same and whose bytes are not, as after the site wrote it again with other spaces. */
const SPELLING = "spelling";

/**
 * Compares `left` (before) with `right` (after). Two sides that hold everything are compared byte for byte, other than
 * that as values: then how a document is spelled is no change. Vectors are not compared.
 * Keeps hashes of the left side in memory and reads the right page by page; a left side that stays the same is read again
 * where somebody has changed. Throws what their pages throw, and
 * CANCELLED when `signal` is aborted; nothing is on disk then or later.
 */
export async function compareSides(left: Side, right: Side, options: CompareOptions = {}): Promise<Diff> {
  const { signal, onProgress, maxListed = MAX_LISTED } = options;
  const everything = left.holdsEverything && right.holdsEverything;
  const compact = createCompactor(everything);
  const kept = new Map<string, KeptRecord>();
  const emailById = new Map<string, string>();
  for await (const page of left.pages({ signal, onProgress })) {
    throwIfCancelled(signal);
    for (const record of page) {
      // Of a side that can be asked again, nobody's fields are looked at who has not changed.
      kept.set(record.id, { hash: compact.hash(record), fields: left.staysTheSame === true ? null : compact.fields(record) });
      const email = emailOf(record);
      if (email !== null) emailById.set(record.id, email);
    }
  }

  const present = createPresence();
  const onlyRight: string[] = [];
  const changed = new Map<string, { before: FieldHashes | null; readonly after: FieldHashes }>();
  const counts = { changed: 0, same: 0 };
  for await (const page of right.pages({ signal, onProgress })) {
    throwIfCancelled(signal);
    present.add(page);
    for (const record of page) {
      const before = kept.get(record.id);
      if (before === undefined) onlyRight.push(record.id);
      else if (before.hash === compact.hash(record)) counts.same += 1;
      else {
        counts.changed += 1;
        if (changed.size < maxListed) changed.set(record.id, { before: before.fields, after: compact.fields(record) });
      }
    }
  }
  if (left.staysTheSame === true && changed.size > 0) {
    for await (const page of left.pages({ signal })) {
      throwIfCancelled(signal);
      for (const record of page) {
        const account = changed.get(record.id);
        if (account !== undefined) account.before = compact.fields(record);
      }
    }
  }

  const missing: string[] = [];
  const again: SignedUpAgain[] = [];
  const signedUpAgain = createSignedUpAgain(present.emails, emailById);
  for (const id of kept.keys()) {
    if (present.has(id)) continue;
    const [presentId] = signedUpAgain(emailById.get(id));
    if (presentId !== undefined) again.push({ missingId: id, presentId });
    else missing.push(id);
  }
  const known = new Set(again.map(({ presentId }) => presentId));
  const added = onlyRight.filter((id) => !known.has(id));
  return {
    compared: everything ? "everything" : "accounts",
    counts: { ...counts, added: added.length, missing: missing.length, signedUpAgain: again.length },
    added: added.slice(0, maxListed),
    missing: missing.slice(0, maxListed),
    changed: [...changed].map(([id, { before, after }]) => ({ id, fields: before === null ? [] : whatChanged(before, after) })),
    signedUpAgain: again.slice(0, maxListed),
  };
}

/** True when both sides hold the same accounts and nothing of them has changed. */
export function isSame({ counts }: Diff): boolean {
  return counts.added + counts.missing + counts.changed + counts.signedUpAgain === 0;
}

interface KeptRecord {
  readonly hash: string;
  readonly fields: FieldHashes | null;
}

interface Compactor {
  hash(record: AccountRecord): string;
  fields(record: AccountRecord): FieldHashes;
}

function createCompactor(everything: boolean): Compactor {
  const hashOf = everything ? recordHash : accountHash;
  const lists = createNameLists();
  return {
    hash: hashOf,
    fields: (record) => fieldHashes(record, everything, lists),
  };
}

function whatChanged(before: FieldHashes, after: FieldHashes): readonly string[] {
  const fields = changedFields(before, after);
  return fields.length === 0 ? [SPELLING] : fields;
}
