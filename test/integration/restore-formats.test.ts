/** The old site's own file, a bare list, the variable and an age file become the records that the old site's own restore would have made (FACTS 1). */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { canonicalJson } from "../../electron/engine/json/text.ts";
import { useQuickLocks } from "../support/quick-lock.ts";
import { restoreOn } from "../support/restore.ts";
import { createTestSite, type TestSite } from "../support/site.ts";

useQuickLocks();
const FIXTURES = join(import.meta.dirname, "../fixtures/backup");
const PASSPHRASE = "correct horse battery staple";

/** As the old site's import writes them: id, document, five metadata fields where there are any, 384 floats. By hand. */
const expected = {
  "u-001": {
    document: '{"user_id":"u-001","email":"ann@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake1","full_name":"Ann Lindqvist","is_verified":true,"created_at":"2026-03-01T09:15:00.123456","updated_at":"2026-03-01T09:15:00.123456"}',
    metadata: '{"user_id":"u-001","email":"ann@example.com","is_verified":true,"type":"user","created_at":"2026-03-01T09:15:00.123456"}',
  },
  "u-002": {
    document: '{"user_id":"u-002","email":"zoë@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake2","full_name":"Zoë 花子 🦊 \\"Z\\"","is_verified":false,"created_at":"2026-03-02T10:00:00","updated_at":null}',
    metadata: '{"user_id":"u-002","email":"zoë@example.com","is_verified":false,"type":"user","created_at":"2026-03-02T10:00:00"}',
  },
  "u-003": {
    document: '{"user_id":"u-003","email":"no-extras@example.com","password_hash":"$2b$12$KIXQJ8Yk0hFakeFakeFakeuFakeFakeFakeFakeFakeFakeFakeFake3","full_name":"","credit":1.0,"points":9007199254740993}',
    metadata: '{"user_id":"u-003","email":"no-extras@example.com","type":"user"}',
  },
};

async function open(name: string): Promise<OpenBackup> {
  return await openBackup({ path: join(FIXTURES, name) });
}

async function recordsOn(site: TestSite): Promise<Record<string, { document: string; metadata: string }>> {
  const records = await site.read();
  return Object.fromEntries([...records].map(([id, { document, metadata }]) => [id, { document: canonicalJson(document ?? '""'), metadata: canonicalJson(metadata ?? '""') }]));
}

const canonicalExpected = Object.fromEntries(Object.entries(expected).map(([id, { document, metadata }]) => [id, { document: canonicalJson(document), metadata: canonicalJson(metadata) }]));

describe("a backup of another program restores", () => {
  it.each([
    ["the old site's own file", async () => await open("reference-ascii.json")],
    ["the same, written without escapes", async () => await open("reference-utf8.json")],
    ["a bare list", async () => await open("bare-array.json")],
    ["the variable", async () => await open("reference-variable.txt")],
    ["the variable as it stands in the environment", async () => await openBackup({ text: `USER_BACKUP_DATA=${await readFile(join(FIXTURES, "reference-variable.txt"), "utf8")}` })],
  ])("%s", async (_, from) => {
    const site = await createTestSite();
    const backup = await from();
    expect(await restoreOn(site, backup)).toMatchObject({ added: 3, collectionCreated: true, standInVectors: 3, dimension: 384, problems: [] });
    expect(await recordsOn(site)).toEqual(canonicalExpected);
    // Found by the site's own questions.
    const answer = await site.connection.post((await site.collection()).id, "get", '{"where":{"email":{"$eq":"zoë@example.com"}},"include":[]}');
    expect(JSON.parse(answer.toString())).toMatchObject({ ids: ["u-002"] });
    expect(await restoreOn(site, backup)).toMatchObject({ added: 0, leftAsTheyAre: 3 });
  });

  it("and leaves somebody whose e-mail address is taken", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add([{ id: "other", document: '{"user_id":"other","email":"ann@example.com"}', metadata: null, uri: null, embedding: new Float32Array(384).fill(0.5) }]);
    expect(await restoreOn(site, await open("reference-ascii.json"))).toMatchObject({ added: 2, problems: [{ code: "SAME_EMAIL_OTHER_ID", id: "u-001" }] });
    expect([...(await site.read()).keys()].sort()).toEqual(["other", "u-002", "u-003"]);
  });
});

it("a backup locked with a passphrase restores with it, and not without", async () => {
  const site = await createTestSite();
  await restoreOn(site, await open("reference-ascii.json"));
  const { path, encrypted } = await backupSite({ ...site, passphrase: PASSPHRASE });
  expect([encrypted, path.endsWith(".json.age")]).toEqual([true, true]);
  await site.wipe();
  await expect(openBackup({ path })).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
  await expect(openBackup({ path }, { passphrase: `${PASSPHRASE}!` })).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
  expect(await restoreOn(site, await openBackup({ path }, { passphrase: PASSPHRASE }))).toMatchObject({ added: 3, problems: [] });
  expect(await recordsOn(site)).toEqual(canonicalExpected);
});
