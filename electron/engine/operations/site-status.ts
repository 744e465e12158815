/** What stands on a site right now, at a glance. */
import { judgeEligibility, type Eligibility } from "../../../shared/eligibility.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { judgeSite, type Site } from "./make-variable.ts";

export interface SiteStatus {
  readonly address: string;
  /** As the server says; every server from 1.0 on says "1.0.0". */
  readonly version: string;
  readonly collectionName: string;
  /** False: the collection is missing, as after a wipe. */
  readonly hasCollection: boolean;
  /** Records in the collection. */
  readonly accounts: number;
  readonly eligibility: Eligibility;
  /** Where the accounts may be kept instead. */
  readonly otherCollections: readonly string[];
}

/** Asks the site. Throws the codes of `ChromaConnection`, CANCELLED when `signal` is aborted. */
export async function siteStatus(site: Site, options: OperationOptions = {}): Promise<SiteStatus> {
  const { connection, collectionName } = site;
  const call = { signal: options.signal };
  const collections = await connection.listCollections(call);
  const collection = collections.find(({ name }) => name === collectionName);
  const accounts = collection === undefined ? 0 : await connection.count(collection.id, call);
  return {
    address: connection.address,
    version: connection.version,
    collectionName,
    hasCollection: collection !== undefined,
    accounts,
    eligibility: collection === undefined ? judgeEligibility({ accounts: 0, valueLength: null }) : await judgeSite(site, collection.id, accounts, options),
    otherCollections: collections.map(({ name }) => name).filter((name) => name !== collectionName),
  };
}
