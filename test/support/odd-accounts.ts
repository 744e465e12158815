/** Records with everything that a careless backup loses, and a plain one beside them. */
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { standInVector } from "../../electron/engine/restore/vectors.ts";

/** Eight dimensions: enough to compare, small to read. */
const ODD_DIMENSION = 8;

function record(id: string, rest: Partial<WritableRecord>): WritableRecord {
  return { id, document: null, metadata: null, uri: null, embedding: standInVector(id, ODD_DIMENSION), ...rest };
}

function account(id: string, extra = ""): string {
  return `{"user_id":"${id}","email":"${id}@example.com","password_hash":"$2b$12$secret-of-${id}"${extra}}`;
}

export const oddAccounts: readonly WritableRecord[] = [
  record("plain", { document: account("plain"), metadata: '{"user_id":"plain","email":"plain@example.com","is_verified":true}' }),
  record("floats", { document: account("floats", ',"balance":1.0,"tiny":1e-7,"long":0.10'), metadata: '{"score":1.0,"ratio":0.1,"huge":1e300,"negative":-2.0}' }),
  record("int64", { document: account("int64", ',"n":9007199254740993'), metadata: '{"big":9007199254740993,"max":9223372036854775807,"min":-9223372036854775808,"one":1}' }),
  record("arrays", { document: account("arrays"), metadata: '{"tags":["a","é"],"floats":[1.0,2.5],"ints":[1,9007199254740993],"flags":[true,false]}' }),
  record("null-metadata", { document: account("null-metadata") }),
  record("empty-metadata", { document: account("empty-metadata"), metadata: "{}" }),
  record("no-document", { metadata: '{"email":"no-document@example.com"}' }),
  record("nothing", {}),
  record("empty-document", { document: "" }),
  record("not-json", { document: "Dear diary, {this} is no account", metadata: '{"type":"note"}' }),
  record("json-array", { document: '["not","an","account"]' }),
  record("spaced", { document: '{ "user_id" : "spaced",\n\t"email": "spaced@example.com", "x": 1.0 }' }),
  record("escapes", { document: '{"user_id":"escapes","email":"escapes@example.com","full_name":"\\u00e9\\/\\ud83d\\ude00 \\"q\\" \\\\","ctl":"\\u0000\\u001f"}' }),
  record("emoji-🦊", { document: account("emoji-🦊", ',"full_name":"花子 👩‍👩‍👧 ‮rtl"'), metadata: '{"name":"花子 👩‍👩‍👧","key with spaces":"x","ключ":"y"}' }),
  record("twice", { document: '{"user_id":"twice","email":"a@example.com","email":"b@example.com"}' }),
  record("uri", { document: account("uri"), uri: "https://example.com/avatar.png?a=1&b=ü" }),
  record("empty-uri", { document: account("empty-uri"), uri: "" }),
  record("proto", { document: '{"user_id":"proto","email":"p@example.com","__proto__":{"admin":true},"constructor":1.0}', metadata: '{"__proto__":"x","constructor":"y"}' }),
  record("one-megabyte", { document: account("one-megabyte", `,"note":"${"ü".repeat(512 * 1024)}"`) }),
  record('quotes"\\and\nnewline', { document: account("quotes") }),
];

/** Ids of those whose metadata holds lists. */
export const oddAccountsWithLists = oddAccounts.filter(({ metadata }) => metadata?.includes("[")).map(({ id }) => id);
