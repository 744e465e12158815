/** A site's data folder as a source: copied while the site may write to it, opened, and never changed. */
import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { openSource, type OpenSource } from "../../electron/engine/chroma/open-source.ts";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import type { Progress } from "../../shared/progress.ts";

let scratch: string;
/** A stopped site with 1,200 accounts: enough for Chroma to write vector index files. */
let site: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  site = join(scratch, "chroma_db");
  await mkdir(site);
  const server = await startBundledServer({ path: site });
  try {
    const connection = await connect({ kind: "server", url: server.url });
    const users = await connection.createCollection({ name: "users", metadata: null, configuration: null, schema: null });
    const ids = Array.from({ length: 1_200 }, (_, i) => `user-${i}`);
    const body = { ids, embeddings: ids.map((_, i) => [i, 1, 2]), documents: ids.map((id) => `{"user_id":"${id}"}`), metadatas: ids.map((id) => ({ user_id: id })) };
    await connection.post(users.id, "upsert", JSON.stringify(body));
    await connection.post(users.id, "upsert", JSON.stringify(body));
    await connection.close();
  } finally {
    await server.stop();
  }
});
afterAll(async () => await rm(scratch, { recursive: true, force: true }));

async function copyOfSite(): Promise<string> {
  const path = join(scratch, randomUUID());
  await cp(site, path, { recursive: true, preserveTimestamps: true });
  return path;
}

/** Every file with its content, size and times. */
async function fingerprint(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs, size, mode } = await stat(path);
    const digest = entry.isFile() ? createHash("sha256").update(await readFile(path)).digest("hex") : "folder";
    return [path, mode, size, mtimeMs, digest].join(" ");
  });
  return (await Promise.all(lines)).sort();
}

async function temporaryFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("account-keeper-server-") && name.includes(`-${process.pid}-`));
}

async function accountsIn({ connection }: OpenSource, include: string[]): Promise<{ ids: string[]; documents: (string | null)[] }> {
  const users = await connection.findCollection("users");
  if (users === null) throw new Error("no collection");
  const answer: unknown = JSON.parse((await connection.post(users.id, "get", JSON.stringify({ include }))).toString());
  return answer as { ids: string[]; documents: (string | null)[] };
}

describe("openSource with a folder", () => {
  it("reads every account, leaves the folder as it was, and cleans up", async () => {
    const before = await fingerprint(site);
    const seen: Progress[] = [];
    const source = await openSource({ kind: "folder", path: site }, { onProgress: (progress) => seen.push(progress) });
    const [copy] = await temporaryFolders();
    expect((await stat(join(tmpdir(), copy ?? ""))).mode & 0o777).toBe(0o700);
    const { ids, documents } = await accountsIn(source, ["documents", "metadatas", "embeddings"]);
    expect(ids).toHaveLength(1_200);
    expect(documents).toContain('{"user_id":"user-1199"}');
    await source.close();
    await source.close();
    expect(await temporaryFolders()).toEqual([]);
    expect(await fingerprint(site)).toEqual(before);
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(["copying_folder", "starting_server", "connecting"]);
    const copying = seen.filter(({ phase }) => phase === "copying_folder");
    expect(copying.at(-1)?.done).toBe(copying.at(-1)?.total);
  });

  it("is private to this user and holds nothing but Chroma's own files", async () => {
    const folder = await copyOfSite();
    await writeFile(join(folder, ".env"), "SECRET=1");
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(folder, "node_modules", "x.js"), "");
    await symlink("/", join(folder, randomUUID()));
    const source = await openSource({ kind: "folder", path: folder });
    const [copy] = await temporaryFolders();
    const names = await readdir(join(tmpdir(), copy ?? ""));
    expect(names.every((name) => name.startsWith("chroma.sqlite3") || /^[0-9a-f-]{36}$/.test(name))).toBe(true);
    await source.close();
  });

  it.each([
    ["index files are gone", async (index: string) => await rm(index, { recursive: true })],
    ["a power cut left one of them empty", async (index: string) => await writeFile(join(index, "header.bin"), "")],
    ["a power cut filled one of them with zeros", async (index: string) => await writeFile(join(index, "header.bin"), Buffer.alloc(100))],
  ])("still reads documents and metadata when %s", async (_, damage) => {
    const folder = await copyOfSite();
    const indexes = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    expect(indexes.length).toBeGreaterThan(0);
    for (const { name } of indexes) await damage(join(folder, name));
    const source = await openSource({ kind: "folder", path: folder });
    const { ids, documents } = await accountsIn(source, ["documents", "metadatas"]);
    expect(ids).toHaveLength(1_200);
    expect(documents).not.toContain(null);
    await source.close();
  });

  it("copies a folder that a site is writing to, and gets one moment of it", async () => {
    const folder = await copyOfSite();
    const server = await startBundledServer({ path: folder });
    const writer = await connect({ kind: "server", url: server.url });
    const users = await writer.findCollection("users");
    const stop = new AbortController();
    let written = 1_200;
    const writing = (async () => {
      while (!stop.signal.aborted) {
        const ids = [`late-${written}-a`, `late-${written}-b`];
        await writer.post(users?.id ?? "", "upsert", JSON.stringify({ ids, embeddings: [[1, 2, 3], [1, 2, 4]], documents: ids, metadatas: [null, null] }));
        written += 2;
        // A sign-up, and then time for one to look at the folder.
        await wait(1_500);
      }
    })();
    try {
      const atLeast = written;
      const source = await openSource({ kind: "folder", path: folder });
      const { ids, documents } = await accountsIn(source, ["documents", "metadatas"]);
      expect(ids.length).toBeGreaterThanOrEqual(atLeast);
      expect(ids.length).toBeLessThanOrEqual(written);
      // A pair is written in one transaction: never one of two.
      expect(ids.length % 2).toBe(0);
      expect(documents).not.toContain(null);
      await source.close();
    } finally {
      stop.abort();
      await writing;
      await writer.close();
      await server.stop();
    }
  });

  it("says what is wrong with a folder", async () => {
    await expect(openSource({ kind: "folder", path: join(scratch, "none") })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND" });
    await expect(openSource({ kind: "folder", path: scratch })).rejects.toMatchObject({ code: "NOT_A_CHROMA_FOLDER", hint: "Choose the folder that holds the file chroma.sqlite3." });
    await expect(openSource({ kind: "folder", path: join(site, "chroma.sqlite3") })).rejects.toMatchObject({ code: "NOT_A_CHROMA_FOLDER" });
    await expect(openSource({ kind: "folder", path: site, tenant: "none-such" })).rejects.toMatchObject({ code: "TENANT_NOT_FOUND" });
    expect(await temporaryFolders()).toEqual([]);
  });

  it("fails cleanly on a database that is none", async () => {
    const folder = join(scratch, randomUUID());
    await mkdir(folder);
    await writeFile(join(folder, "chroma.sqlite3"), "this is no database, only text that says so");
    await expect(openSource({ kind: "folder", path: folder }, { wakeTimeoutMs: 5_000 })).rejects.toMatchObject({ name: "KeeperError" });
    expect(await temporaryFolders()).toEqual([]);
  });

  it("says that the folder is damaged where its database is, and not the server", async () => {
    const folder = await copyOfSite();
    const file = join(folder, "chroma.sqlite3");
    const database = await readFile(file);
    const pageBytes = database.readUInt16BE(16);
    for (let at = database.indexOf("user-600"); at !== -1; at = database.indexOf("user-600", at + pageBytes)) database.fill(0, at - (at % pageBytes), at - (at % pageBytes) + pageBytes);
    await writeFile(file, database);
    const source = await openSource({ kind: "folder", path: folder });
    await expect(accountsIn(source, ["documents", "metadatas"])).rejects.toMatchObject({ code: "SERVER_FAILED", message: "The database in this folder cannot be read." });
    await source.close();
  });

  it.each(["copying_folder", "starting_server", "connecting"] as const)("leaves nothing behind when cancelled while %s", async (phase) => {
    const controller = new AbortController();
    const opening = openSource(
      { kind: "folder", path: site },
      {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.phase === phase) controller.abort();
        },
      },
    );
    await expect(opening).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await temporaryFolders()).toEqual([]);
  });

  it("does not take a database that changes at every look", async () => {
    const folder = await copyOfSite();
    const database = join(folder, "chroma.sqlite3");
    let looks = 0;
    const opening = openSource(
      { kind: "folder", path: folder },
      {
        onProgress: () => {
          looks += 1;
          // Another time is what another write leaves behind.
          void utimes(database, new Date(), new Date(Date.now() - looks * 1_000));
        },
      },
    );
    await expect(opening).rejects.toMatchObject({ code: "BUSY" });
    expect(await temporaryFolders()).toEqual([]);
  });
});
