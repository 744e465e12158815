/**
 * The records that a restore writes, page by page, as they have to be written. Owns the last look at whoever is put back:
 * since the plan was made the whole site was copied to safety, and people may have changed their passwords meanwhile.
 */
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection, CollectionInfo } from "../chroma/connection.ts";
import type { WritableRecord } from "../chroma/write-records.ts";
import type { AccountRecord, Problem } from "../record.ts";
import { hashOfKind, type RestorePlan } from "./plan-restore.ts";
import { fetchById } from "./read-back.ts";
import { standInVector } from "./vectors.ts";

/** The records of the backup that the plan writes, in the backup's order and pages. Throws the codes of reading a backup. */
export async function* chosenRecords(backup: OpenBackup, plan: RestorePlan): AsyncGenerator<AccountRecord[]> {
  const wanted = new Set([...plan.add, ...plan.overwrite.keys()]);
  for await (const page of backup.records({ only: wanted })) {
    const chosen = page.filter((record) => wanted.has(record.id));
    if (chosen.length > 0) yield chosen;
  }
}

export interface Writing {
  readonly connection: ChromaConnection;
  readonly backup: OpenBackup;
  readonly plan: RestorePlan;
  readonly collection: CollectionInfo;
  /** Filled with those who are not written, for they are not on the site any more as the plan found them. */
  readonly skipped: Map<string, Problem>;
}

/** Throws the codes of reading a backup and of `readByIds`. */
export async function* writableRecords({ connection, backup, plan, collection, skipped }: Writing, options: OperationOptions): AsyncGenerator<WritableRecord[]> {
  const hashOf = hashOfKind(backup);
  for await (const page of chosenRecords(backup, plan)) {
    const onSite = await fetchPutBack(page);
    for (const { id } of page) {
      const expected = plan.overwrite.get(id)?.onSite;
      const found = onSite.get(id);
      if (expected !== undefined && (found === undefined || hashOf(found) !== expected)) skipped.set(id, changedMeanwhile(id, found !== undefined));
    }
    yield page
      .filter(({ id }) => !skipped.has(id))
      .map((record) => ({
        ...record,
        // An account that is put back without a vector of its own keeps the one the site made for it.
        embedding: record.embedding ?? onSite.get(record.id)?.embedding ?? standInVector(record.document ?? record.id, plan.dimension.dimension),
        staleKeys: plan.overwrite.get(record.id)?.staleKeys ?? [],
        isNew: plan.add.has(record.id),
      }));
  }

  /** Vectors are most of the bytes: only those that are needed. */
  async function fetchPutBack(page: readonly AccountRecord[]): Promise<ReadonlyMap<string, AccountRecord>> {
    const there = page.filter(({ id }) => plan.overwrite.has(id));
    const keepers = there.filter(({ embedding }) => embedding === null);
    const others = there.filter(({ embedding }) => embedding !== null);
    const ofOthers = await fetchById(connection, collection.id, others, { ...options, withVectors: false });
    return new Map([...ofOthers, ...(await fetchById(connection, collection.id, keepers, { ...options, withVectors: true }))]);
  }
}

function changedMeanwhile(id: string, isOnSite: boolean): Problem {
  const what = isOnSite ? "This account was changed on your site while the restore was under way, so it is left as it is." : "This account was deleted on your site while the restore was under way, so it stays away.";
  return { code: "CHANGED_MEANWHILE", id, message: what };
}
