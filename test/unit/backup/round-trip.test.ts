import { readdir, readFile, readlink, stat } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBackupWriter } from "../../../electron/engine/backup/backup-writer.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import { parseLossless, stringifyLossless, isJsonObject, type JsonObject } from "../../../electron/engine/json/text.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { account, accounts, errorOf, info, makeBackup, namesIn, readRecords, tempFolder } from "./make-backup.ts";

function jsonObject(text: string): JsonObject {
  const value = parseLossless(text);
  if (!isJsonObject(value)) throw new Error("no object");
  return value;
}

const oddities: Record<string, AccountRecord> = {
  "a plain account": account("plain"),
  "floats that look whole": account("floats", { document: '{"user_id":"floats","email":"f@x","balance":1.0,"huge":1e300,"exact":0.10}', metadata: '{"score":1.0,"huge":1e300,"minus":-0.0}' }),
  "whole numbers beyond 2^53": account("int64", { document: '{"n":9007199254740993}', metadata: '{"max":9223372036854775807,"min":-9223372036854775808}' }),
  "lists in metadata": account("lists", { metadata: '{"tags":["a","é"],"floats":[1.0,2.50],"flags":[true,false],"none":[]}' }),
  "no metadata": account("null-metadata", { metadata: null }),
  "empty metadata": account("empty-metadata", { metadata: "{}" }),
  "no document": account("no-document", { document: null }),
  "an empty document": account("empty-document", { document: "" }),
  "a document of text": account("text", { document: "Dear diary, {this} is no account" }),
  "a document that is a list": account("list", { document: '["not","an","account"]' }),
  "a document that is null": account("json-null", { document: "null" }),
  "a document cut in half": account("half", { document: '{"user_id":"half","email":' }),
  "a document with spaces and lines": account("spaced", { document: ' { "user_id" : "spaced",\r\n\t"x": [ 1.0 , 2 ] } ' }),
  "emoji and scripts": account("🦊-花子", { document: '{"full_name":"花子 👩‍👩‍👧 \u202e"}', metadata: '{"ключ":"значение"}', uri: "https://example.com/ü?🦊" }),
  "half an emoji, escaped": account("escaped-half", { document: '{"full_name":"\\ud800 \\udc00\\ud800"}', metadata: '{"n":"\\ud800"}' }),
  "half an emoji, raw": account("raw-half\ud800", { metadata: null, document: '{"full_name":"\udfff"}' }),
  "a key twice": account("twice", { document: '{"email":"a@x","email":"b@x"}' }),
  "special keys": account("proto", { document: '{"__proto__":{"a":1.0},"constructor":1}', metadata: '{"constructor":"y","length":1}' }),
  "escapes of every kind": account("escapes", { document: '{"a":"\\u00e9\\/\\"\\\\","b":"\\u0000\\u2028 \u2028"}', metadata: '{"k\\"ey":"v\\\\"}' }),
  "quotes and lines in an id": account('quo"te\\ \n\t', { metadata: null, document: "{}", uri: "" }),
  "no vector": account("no-vector", { embedding: null }),
  "a vector of extremes": account("extremes", { embedding: new Float32Array([0, -0, 1e-45, 3.4028234663852886e38, -1.17549435e-38, 0.1]) }),
  "a vector of no length": account("no-length", { embedding: new Float32Array() }),
  "a document of a megabyte": account("big", { document: `{"note":"${"ü".repeat(512 * 1024)}"}` }),
};

describe("a backup gives back what it was given", () => {
  it.each(Object.entries(oddities))("%s", async (_, record) => {
    const folder = await tempFolder();
    const { tempPath } = await makeBackup(folder, [account("before"), record, account("after")]);
    const read = await readRecords(await openBackup({ path: tempPath }));
    expect(read).toStrictEqual([account("before"), record, account("after")]);
  });

  it("all of them together, in order, however they were handed over", async () => {
    const folder = await tempFolder();
    const all = Object.values(oddities);
    const writer = await createBackupWriter(folder);
    for (const record of all) await writer.add([record]);
    await writer.add([]);
    const finished = await writer.finish(info());
    expect(await readRecords(await openBackup({ path: finished.tempPath }))).toStrictEqual(all);
    expect(finished.counts.records).toBe(all.length);
  });

  it("any text whatsoever", async () => {
    const folder = await tempFolder();
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const json = fc.json({ maxDepth: 3 });
    const record = fc.record(
      {
      id: text,
      document: fc.oneof(fc.constant(null), text, json),
      metadata: fc.oneof(fc.constant(null), fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })), { maxKeys: 4 }).filter((object) => !Object.hasOwn(object, "__proto__")).map((object) => JSON.stringify(object))),
      uri: fc.oneof(fc.constant(null), text),
      embedding: fc.oneof(fc.constant(null), fc.float32Array({ maxLength: 5, noNaN: true })),
      },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 6 }), async (records) => {
        const { tempPath } = await makeBackup(folder, records);
        expect(await readRecords(await openBackup({ path: tempPath }))).toStrictEqual(records);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("no accounts at all", async () => {
    const folder = await tempFolder();
    const { tempPath, counts } = await makeBackup(folder, []);
    const backup = await openBackup({ path: tempPath });
    expect(counts).toStrictEqual({ accounts: 0, records: 0, problems: 0 });
    expect(backup.accountCount).toBe(0);
    expect(await readRecords(backup)).toStrictEqual([]);
    expect(JSON.parse(await readFile(tempPath, "utf8"))).toMatchObject({ user_count: 0, users: [] });
  });

  it("more than one piece", async () => {
    const folder = await tempFolder();
    const long = accounts(300).map((record, index) => ({ ...record, document: JSON.stringify({ note: String(index).repeat(10_000) }) }));
    const { tempPath } = await makeBackup(folder, long);
    expect(await readRecords(await openBackup({ path: tempPath }))).toStrictEqual(long);
  });
});

describe("the file", () => {
  it("is what the old site reads: counts, and one account a line with its own text", async () => {
    const folder = await tempFolder();
    const { tempPath } = await makeBackup(folder, [oddities["floats that look whole"] ?? account("?"), oddities["a document with spaces and lines"] ?? account("?")]);
    const text = await readFile(tempPath, "utf8");
    expect(JSON.parse(text)).toMatchObject({ backup_timestamp: "2026-11-23T10:15:00.123Z", user_count: 2, users: [{ user_id: "floats" }, { user_id: "spaced" }] });
    expect(text.split("\n")).toContain('{"user_id":"floats","email":"f@x","balance":1.0,"huge":1e300,"exact":0.10},');
    expect(text.split("\n")).toContain('{"user_id":"spaced","x":[1.0,2]}');
    expect(text.indexOf('"account_keeper"')).toBeLessThan(text.indexOf('"users"'));
  });

  it("never drops a document that is no account: it is kept, counted and listed", async () => {
    const folder = await tempFolder();
    const { tempPath, counts, head } = await makeBackup(folder, Object.values(oddities));
    const noAccount = ["no-document", "empty-document", "text", "list", "json-null", "half"];
    const withoutVector = Object.values(oddities).filter((record) => record.embedding === null);
    expect(withoutVector).not.toHaveLength(0);
    const problemCount = noAccount.length + withoutVector.length;
    expect(counts).toStrictEqual({ accounts: counts.records - noAccount.length, records: Object.keys(oddities).length, problems: problemCount });
    const { problems } = head.account_keeper;
    expect(problems.filter(({ code }) => code === "NOT_AN_ACCOUNT" || code === "WITHOUT_DOCUMENT").map(({ id, code }) => [id, code])).toStrictEqual(
      noAccount.map((id) => [id, id === "no-document" ? "WITHOUT_DOCUMENT" : "NOT_AN_ACCOUNT"]),
    );
    expect(problems.filter(({ code }) => code === "WITHOUT_VECTOR").map(({ id }) => id)).toStrictEqual(withoutVector.map(({ id }) => id));
    const backup = await openBackup({ path: tempPath });
    expect(backup.head?.account_keeper.problem_count).toBe(problemCount);
    expect(backup.accountCount).toBe(counts.accounts);
  });

  it("lists the first 1,000 problems and counts the rest", async () => {
    const folder = await tempFolder();
    const { head } = await makeBackup(folder, accounts(1_005).map((record) => ({ ...record, document: null })));
    expect(head.account_keeper.problem_count).toBe(1_005);
    expect(head.account_keeper.problems).toHaveLength(1_000);
  });

  it("keeps the collection's settings with their exact numbers", async () => {
    const folder = await tempFolder();
    const base = info().chroma;
    const chroma = { ...base, collection: { ...base.collection, metadata: jsonObject('{"ratio":1.0,"big":9007199254740993}'), configuration: jsonObject('{"hnsw":{"space":"l2","resize_factor":1.20}}'), dimension: null } };
    const { tempPath } = await makeBackup(folder, accounts(1), { chroma, fewerThan: { backup: "user_backup_20261122.json", accounts: 34, missing: 1 } });
    const keeper = (await openBackup({ path: tempPath })).head?.account_keeper;
    expect(stringifyLossless(keeper?.chroma.collection.metadata ?? null)).toBe('{"ratio":1.0,"big":9007199254740993}');
    expect(stringifyLossless(keeper?.chroma.collection.configuration ?? null)).toBe('{"hnsw":{"space":"l2","resize_factor":1.20}}');
    expect(keeper?.chroma.collection).toMatchObject({ schema: null, dimension: null, name: "users" });
    expect(keeper).toMatchObject({ format: 1, fewer_than: { backup: "user_backup_20261122.json", accounts: 34, missing: 1 }, site: "https://bakery.example.com" });
  });

  it("is its owner's only", async () => {
    const folder = await tempFolder();
    const { tempPath, sizeBytes } = await makeBackup(folder, accounts(2));
    const found = await stat(tempPath);
    expect(found.mode & 0o777).toBe(0o600);
    expect(found.size).toBe(sizeBytes);
  });

  it("holds only the chosen ids when asked for them, and is still checked as a whole", async () => {
    const folder = await tempFolder();
    const { tempPath } = await makeBackup(folder, accounts(5));
    const chosen = await readRecords(await openBackup({ path: tempPath }), { only: new Set(["u-4", "u-2", "nobody"]) });
    expect(chosen.map((record) => record.id)).toStrictEqual(["u-2", "u-4"]);
  });

  it.skipIf(process.platform !== "linux").each([undefined, "a passphrase"])("is closed when nobody reads on (passphrase: %s)", { timeout: 60_000 }, async (passphrase) => {
    const folder = await tempFolder();
    const { tempPath } = await makeBackup(folder, accounts(20_000), passphrase === undefined ? {} : { passphrase });
    const backup = await openBackup({ path: tempPath }, { passphrase });
    for await (const page of backup.records()) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    const open = await Promise.all((await readdir("/proc/self/fd")).map(async (fd) => await readlink(`/proc/self/fd/${fd}`).catch(() => "")));
    expect(open.filter((path) => path.startsWith(folder))).toStrictEqual([]);
  });

  it("is verified with counts and progress", async () => {
    const folder = await tempFolder();
    const { tempPath, head } = await makeBackup(folder, accounts(3));
    const seen: number[] = [];
    const verified = await verifyBackup({ path: tempPath }, { onProgress: ({ done }) => seen.push(done) });
    expect(verified).toMatchObject({ kind: "format_1", encrypted: false, accountCount: 3, recordCount: 3, problemCount: 0, site: "https://bakery.example.com", digest: head.account_keeper.digest });
    expect(seen.at(0)).toBe(0);
    expect(seen.at(-1)).toBe(3);
  });
});

describe("the content digest", () => {
  async function contentOf(records: readonly AccountRecord[]): Promise<string> {
    const writer = await createBackupWriter(await tempFolder());
    await writer.add(records);
    const content = writer.contentDigest();
    await writer.abandon();
    return content;
  }

  it("is the same for the same accounts in another order, with other vectors and other metadata order", async () => {
    const one = account("one", { metadata: '{"a":1,"b":2.0}' });
    const two = account("two");
    expect(await contentOf([one, two])).toBe(await contentOf([{ ...two, embedding: null }, { ...one, metadata: '{"b":2.0,"a":1}' }]));
  });

  it.each([
    ["a document", { document: "{}" }],
    ["a number's kind", { metadata: '{"a":1.0}' }],
    ["a uri", { uri: "x" }],
  ])("changes with %s", async (_, rest) => {
    const base = account("one", { metadata: '{"a":1}' });
    expect(await contentOf([{ ...base, ...rest }])).not.toBe(await contentOf([base]));
  });

  it("stands in the file", async () => {
    const { head } = await makeBackup(await tempFolder(), accounts(3));
    expect(head.account_keeper.digest.content).toBe(await contentOf(accounts(3)));
  });
});

describe("a backup that ends early leaves nothing behind", () => {
  it("when it is abandoned, before and after it is finished", async () => {
    const folder = await tempFolder();
    const writer = await createBackupWriter(folder);
    // Few wait in memory, many in two files.
    await writer.add(accounts(10));
    expect(await namesIn(folder)).toStrictEqual([]);
    await writer.add(Array.from({ length: 1_000 }, (_, index) => account(`more-${index}`)));
    expect(await namesIn(folder)).toHaveLength(2);
    await writer.abandon();
    await writer.abandon();
    expect(await namesIn(folder)).toStrictEqual([]);

    const finishing = await createBackupWriter(folder);
    await finishing.finish(info());
    expect(await namesIn(folder)).toHaveLength(1);
    await finishing.abandon();
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it.each([undefined, "a passphrase"])("when it is cancelled (passphrase: %s)", async (passphrase) => {
    const folder = await tempFolder();
    const controller = new AbortController();
    const writer = await createBackupWriter(folder, { signal: controller.signal });
    await writer.add(accounts(10));
    const finishing = errorOf(() => writer.finish(info(), { passphrase }));
    controller.abort();
    expect((await finishing).code).toBe("CANCELLED");
    expect(await namesIn(folder)).toStrictEqual([]);
  }, 60_000);

  it("when it is cancelled between two pages", async () => {
    const folder = await tempFolder();
    const controller = new AbortController();
    const writer = await createBackupWriter(folder, { signal: controller.signal });
    controller.abort();
    expect((await errorOf(() => writer.add(accounts(1)))).code).toBe("CANCELLED");
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it("and never lies readable on the disk while it waits", async () => {
    const folder = await tempFolder();
    const writer = await createBackupWriter(folder);
    await writer.add(accounts(20_000));
    const waiting = await Promise.all((await namesIn(folder)).map((name) => readFile(`${folder}/${name}`)));
    expect(Math.max(...waiting.map((bytes) => bytes.length))).toBeGreaterThan(1_000_000);
    for (const bytes of waiting) expect(bytes.includes("secret-of")).toBe(false);
    await writer.abandon();
  });

  it("refuses an empty passphrase instead of writing a file that nobody expects to be open", async () => {
    const folder = await tempFolder();
    const writer = await createBackupWriter(folder);
    expect((await errorOf(() => writer.finish(info(), { passphrase: "" }))).code).toBe("PASSPHRASE_NEEDED");
    expect(await namesIn(folder)).toStrictEqual([]);
  });
});
