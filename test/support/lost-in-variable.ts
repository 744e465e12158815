/** Sites that may be backed up and restored, and whose variable would bring nobody back, or somebody as somebody else. */
import { z } from "zod";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";

const [ada, bjorn, chidi] = sampleAccounts(3);
const emailOfAda = accountOf(ada)["email"];

function accountOf(record: WritableRecord | undefined): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(record?.document ?? ""));
}

/** The same person with other fields in the document; undefined takes one away. */
export function withFields(record: WritableRecord | undefined, fields: Record<string, unknown>): WritableRecord {
  if (record === undefined) throw new Error("nobody");
  return { ...record, document: JSON.stringify({ ...accountOf(record), ...fields }) };
}

export const people = [ada, bjorn, chidi].filter((record) => record !== undefined);

interface LostCase {
  readonly name: string;
  /** In the place of the third of `people`. */
  readonly third: WritableRecord;
  readonly reason: string;
  readonly message: string;
}

const WITHOUT_ID = { reason: "without_id", message: "An account does not carry its own id: the variable could not bring it back as it is." };
const WITHOUT_EMAIL = { reason: "without_email", message: "An account does not carry its e-mail address: the variable could not bring it back." };

export const lostCases: readonly LostCase[] = [
  { name: "two people share an e-mail address", third: withFields(chidi, { email: emailOfAda }), reason: "shared_email", message: "Two accounts share an e-mail address: the variable could not bring them back." },
  { name: "a document has no user_id", third: withFields(chidi, { user_id: undefined }), ...WITHOUT_ID },
  { name: "a document has a number as its user_id", third: withFields(chidi, { user_id: 7 }), ...WITHOUT_ID },
  { name: "a document has another user_id than its record", third: withFields(chidi, { user_id: "somebody-else" }), ...WITHOUT_ID },
  { name: "a document has somebody else's user_id", third: withFields(chidi, { user_id: ada?.id }), ...WITHOUT_ID },
  { name: "an e-mail address is only in the metadata", third: withFields(chidi, { email: undefined }), ...WITHOUT_EMAIL },
];

export const HINT = "Your backups hold everyone. After a redeploy, bring the accounts back from a backup file instead.";

/** Whoever reads a refusal or a log may see none of it. */
export function hasSecret(text: string): boolean {
  return /@example|\$2b\$|W3si|W3sK/.test(text);
}
