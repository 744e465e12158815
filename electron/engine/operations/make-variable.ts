/** The variable for what is on a site, or in a backup. */
import { judgeEligibility, MAX_VARIABLE_ACCOUNTS, type Eligibility } from "../../../shared/eligibility.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { accountLine } from "../backup/lines.ts";
import type { OpenBackup } from "../backup/read-backup.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import { readRecords } from "../chroma/read-records.ts";
import type { AccountRecord } from "../record.ts";
import { judgeAccounts, offerVariable, type VariableAccount, type VariableOffer } from "../variable/offer.ts";

export interface Site {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
}

export interface MadeVariable extends VariableOffer {
  /** Records that are no accounts, which the variable cannot hold. */
  readonly leftOut: number;
}

/**
 * The proved value for the accounts that are on the site now.
 * Throws COLLECTION_NOT_FOUND, NO_ACCOUNTS_YET, NOT_ELIGIBLE, VERIFICATION_FAILED, the codes of `ChromaConnection`, CANCELLED.
 */
export async function variableOfSite({ connection, collectionName }: Site, options: OperationOptions = {}): Promise<MadeVariable> {
  const collection = await connection.findCollection(collectionName, { signal: options.signal });
  if (collection === null) throw collectionNotFound(collectionName);
  return await makeVariable(readRecords(connection, collection.id, { ...options, withVectors: false }));
}

/** The proved value for the accounts of a backup. Throws NO_ACCOUNTS_YET, NOT_ELIGIBLE, VERIFICATION_FAILED, the codes of its `records()`. */
export async function variableOfBackup(backup: OpenBackup): Promise<MadeVariable> {
  return await makeVariable(backup.records());
}

/** Whether the variable may be used for a collection that holds `records`. Reads accounts only when there are few enough. */
export async function judgeSite({ connection }: Site, collectionId: string, records: number, options: OperationOptions = {}): Promise<Eligibility> {
  if (records > MAX_VARIABLE_ACCOUNTS) return judgeEligibility({ accounts: records, valueLength: null });
  const accounts: VariableAccount[] = [];
  for await (const page of readRecords(connection, collectionId, { ...options, withVectors: false })) accounts.push(...accountsOf(page));
  return await judgeAccounts(accounts);
}

async function makeVariable(pages: AsyncIterable<readonly AccountRecord[]>): Promise<MadeVariable> {
  let leftOut = 0;
  async function* accounts(): AsyncGenerator<VariableAccount> {
    for await (const page of pages) {
      const found = accountsOf(page);
      leftOut += page.length - found.length;
      yield* found;
    }
  }
  return { ...(await offerVariable(accounts())), leftOut };
}

function accountsOf(records: readonly AccountRecord[]): VariableAccount[] {
  return records.flatMap(({ id, document }) => {
    const json = accountLine(document);
    return json === null ? [] : [{ id, json }];
  });
}

/** `missed`: how many accounts the newest backup holds. */
export function collectionNotFound(name: string, missed = 0): KeeperError {
  return new KeeperError("COLLECTION_NOT_FOUND", `There is no collection named ${JSON.stringify(name)} on your site.`, {
    hint:
      missed > 0
        ? `Your site may have been wiped. The newest backup holds ${missed === 1 ? "1 account: bring it" : `${grouped(missed)} accounts: bring them`} back with "account-keeper restore".`
        : 'If your accounts are kept under another name, give it with --collection. "account-keeper status" lists the names.',
  });
}
