/** Writes the corpus anew: real files, made by the engine itself, small. Run by hand: node test/fuzz/main.js --make-corpus */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { armor, Encrypter } from "age-encryption";
import { createBackupWriter } from "../../electron/engine/backup/backup-writer.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { encodeVariable, variableForms } from "../../electron/engine/variable/encode.ts";
import { CORPUS_PASSPHRASE } from "./readers.ts";

const documents = [
  '{"user_id":"u-1","email":"ann@example.com","password_hash":"$2b$12$made-up-secret-1","full_name":"Ann","is_verified":true,"created_at":"2026-11-01T00:00:00","updated_at":"2026-11-01T00:00:00"}',
  '{"user_id":"u-2","email":"zoë@example.com","password_hash":"$2b$12$made-up-secret-2","full_name":"Zo\\u00eb 😀","is_verified":false,"created_at":"2026-11-02T00:00:00","updated_at":null,"balance":1.0,"n":9007199254740993}',
  '{"user_id":"u-3","email":"cleo@example.com","password_hash":"$2b$12$made-up-secret-3","more":{"a":[1,{"b":null}]}}',
];

function record(index: number, document: string): AccountRecord {
  return { id: `u-${index + 1}`, document, metadata: `{"user_id":"u-${index + 1}","type":"user","score":1.0,"tags":["a","b"]}`, uri: index === 1 ? "https://example.com/a.png" : null, embedding: index === 2 ? null : new Float32Array([0.25, -1, 3.5]) };
}

async function locked(bytes: Buffer): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(CORPUS_PASSPHRASE);
  // As little work as the format allows: a million of them are opened.
  encrypter.setScryptWorkFactor(1);
  return await encrypter.encrypt(bytes);
}

export async function makeCorpus(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const records = [...documents.map((document, index) => record(index, document)), { id: "no account", document: "Dear diary", metadata: null, uri: null, embedding: null }];
  const writer = await createBackupWriter(folder);
  await writer.add(records);
  const collection = { id: "7d1f0a5e-0000-4000-8000-000000000001", name: "users", metadata: null, configuration: null, schema: null, dimension: 3 };
  const { tempPath } = await writer.finish({ site: "https://bakery.example.com", madeBy: "account-keeper", fewerThan: null, timestamp: new Date("2026-11-23T10:15:00.123Z"), chroma: { tenant: "default_tenant", database: "default_database", collection } });
  await rename(tempPath, at("format-1.json"));
  const armored = armor.encode(await locked(await readFile(at("format-1.json"))));
  const value = encodeVariable(documents);
  const info = { id: collection.id, name: "users", tenant: "default_tenant", database: "default_database", dimension: 3, metadata: { a: 1 }, configuration_json: { hnsw: { space: "cosine", ef_search: 100 } }, schema: null };
  const site = { id: "0b8f4a7e-aaaa-4bbb-8ccc-000000000001", name: "Bakery", source: { kind: "server", url: "http://localhost:8000", auth: "none" }, collectionName: "users", vault: "/backups", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true } };
  const settings = { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true };
  const activities = [
    { at: "2026-11-23T10:15:00.123Z", site: "http://localhost:8000", kind: "backed_up", level: "info", accounts: 3, message: "All 3 accounts are safe.", line: "✅ Backed up 3 users for persistence" },
    { at: "2026-11-23T11:15:00.123Z", site: "http://localhost:8000", kind: "deletions", level: "attention", message: "1 account is missing.", hint: "Look.", ids: ["u-1"] },
  ];
  const files: Readonly<Record<string, string | Uint8Array>> = {
    "reference.json": `{\n  "backup_timestamp": "2026-11-23T10:15:00.123456",\n  "user_count": 3,\n  "users": [\n    ${documents.join(",\n    ")}\n  ]\n}\n`,
    "array.json": `[${documents.join(",")}]`,
    "locked.json.age": await locked(Buffer.from(`[${documents.join(",")}]`)),
    "locked-armored.txt": armored,
    "variable.txt": value,
    "variable.env": `# site\nPORT=80\n${variableForms((value.match(/.{1,64}/g) ?? []).join("\n")).dotenv}DEBUG=\nKEY=abc\n`,
    "page.json": `{"ids":["u-1","u-2","u-3"],"documents":${JSON.stringify(documents)},"metadatas":[${records.slice(0, 3).map(({ metadata }) => metadata).join(",")}],"uris":[null,"https://example.com/a.png",null],"embeddings":[[0.25,-1.0,3.5],[1e-7,2,3],null],"include":["documents"]}`,
    "collections.json": JSON.stringify([info, { ...info, id: "7d1f0a5e-0000-4000-8000-000000000002", name: "other", metadata: null, dimension: null }]),
    "sites.json": JSON.stringify({ version: 1, settings, sites: [site] }, null, 2),
    "activity.jsonl": `${activities.map((activity) => JSON.stringify(activity)).join("\n")}\n`,
    "notes.json": JSON.stringify({ version: 1, backups: { ["a".repeat(64)]: { rehearsed_at: "2026-11-23T10:15:00.123Z", rehearsed_ok: true, could_not_sign_in: 0 } } }),
    "claim.txt": "0123456789ab-0123456789abcdef-99999999-5",
    "call.json": JSON.stringify({ siteId: site.id, name: "user_backup_20261123.json", offset: 0, limit: 100, text: value.slice(0, 100), kind: "backup", input: { siteId: site.id } }),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(at(name), content);
  await rm(tempPath, { force: true });
}
