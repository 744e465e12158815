/** The library as a backend uses it: against a server of its own, so that it can be wiped. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { startDemoSite, type DemoSite } from "../../electron/engine/demo/demo-site.ts";
import { setRestoreMark } from "../../electron/engine/operations/restore-mark.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { persistAccounts, type PersistedAccounts } from "../../electron/engine/persist-accounts.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createTestSite, temporaryFolder, type TestSite } from "../support/site.ts";

interface Backend extends PersistedAccounts {
  readonly lines: string[];
}

function backendOf(site: TestSite, rest: { variable?: string; folder?: string; url?: string } = {}): Backend {
  const lines: string[] = [];
  const accounts = persistAccounts({
    source: { kind: "server", url: rest.url ?? inject("chromaUrl") },
    collectionName: site.collectionName,
    folder: rest.folder ?? site.folder,
    variable: rest.variable ?? "",
    log: (line) => lines.push(line),
  });
  return { ...accounts, lines };
}

describe("persistAccounts", () => {
  it("starts fresh, backs up, and restores after a wipe, with the old system's log lines", async () => {
    const site = await createTestSite();
    const backend = backendOf(site);
    expect(await backend.restoreOnStartup()).toEqual({ ok: true, value: { outcome: "starting_fresh" } });
    await site.create();
    await site.add(sampleAccounts(7));
    expect(await backend.backup()).toMatchObject({ ok: true, value: { outcome: "written", accounts: 7 } });
    expect(await backend.restoreOnStartup()).toEqual({ ok: true, value: { outcome: "accounts_present", accounts: 7 } });
    await site.wipe();
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", from: "file", report: { added: 7, problems: [] } } });
    expect(await backend.status()).toMatchObject({ ok: true, value: { accounts: 7, eligibility: { eligible: true } } });
    expect(backend.lines).toEqual(["📭 No user backup found - starting fresh", "✅ Backed up 7 users for persistence", "✅ Restored 7 users from backup"]);
  });

  it("falls back to the variable when there is no file, as on a wiped disk", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(5));
    const { value } = await variableOfSite(site);
    await site.wipe();
    const backend = backendOf(site, { variable: value, folder: join(site.folder, "not-there") });
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", from: "variable", report: { added: 5, standInVectors: 5, dimension: 384 } } });
    expect([...(await site.read()).keys()].sort()).toEqual(sampleAccounts(5).map((account) => account.id).sort());
  });

  it("names in the log whoever did not arrive, and keeps that among the site's news", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(2));
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    onTestFinished(async () => await proxy.close());
    const backend = backendOf(site, { url: proxy.url });
    await backend.backup();
    await site.wipe();
    // It says yes and writes nothing.
    proxy.inject(/\/add$/, { kind: "status", status: 200, json: {} });
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { report: { added: 0 } } });
    expect(backend.lines.slice(1)).toEqual([
      "✅ Restored 0 users from backup",
      ...sampleAccounts(2).map(({ id }) => `❌ Failed to restore users from backup: ${id}: This account is not on the site after the restore.`),
    ]);
    expect(await readActivity(site.folder, 10)).toContainEqual(expect.objectContaining({ kind: "restore_incomplete", level: "problem", message: "0 of 2 accounts are back." }));
  });

  it("says why when a backup is there but cannot be used, and does not call that a fresh start", async () => {
    const site = await createTestSite();
    await writeFile(join(site.folder, "user_backup_20261101.json"), '{"backup_timestamp":"2026-11-01T00:00:00Z","user_count":2,"users":[{"us');
    const backend = backendOf(site);
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: false, error: { code: "BACKUP_DAMAGED" } });
    expect(backend.lines).toEqual(["❌ Failed to restore users from backup: None of the backups in this folder can be used."]);
  });

  it("never throws and says what failed", async () => {
    const site = await createTestSite();
    const backend = backendOf(site);
    expect(await backend.backup()).toMatchObject({ ok: false, error: { code: "COLLECTION_NOT_FOUND" } });
    expect(backend.lines).toHaveLength(1);
    expect(backend.lines[0]).toMatch(/^❌ Failed to backup users: There is no collection named/);
  });

  it("brings back on start who stands only in a copy that was kept apart", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(4));
    const backend = backendOf(site);
    await backend.backup();
    // One was deleted and one signed up: not decided yet, so that backup is kept apart.
    await site.deleteAccounts(sampleAccounts(1).map(({ id }) => id));
    await site.add(sampleAccounts(5).slice(4));
    expect(await backend.backup()).toMatchObject({ ok: true, value: { fewerThan: { missing: 1 } } });
    await site.wipe();
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", report: { added: 5, accountsOnSite: 5 } } });
  });

  it("goes on with a restore that died half-way, although accounts are there", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(6));
    const backend = backendOf(site);
    await backend.backup();
    await site.wipe();
    await site.create();
    await site.add(sampleAccounts(2));
    await setRestoreMark(site.folder, { collectionName: site.collectionName, collectionId: null });
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", report: { added: 4, accountsOnSite: 6 } } });
    expect(await backend.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "accounts_present", accounts: 6 } });
  });

  it.each<[string, () => unknown]>([
    ["throws", () => { throw new Error("the log is full"); }],
    ["fails later", async () => await Promise.reject(new Error("the log is full"))],
  ])("backs up, restores and fails as always where the site's own log %s", async (_name, log) => {
    const site = await createTestSite();
    const accounts = persistAccounts({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder, variable: "", log });
    expect(await accounts.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "starting_fresh" } });
    expect(await accounts.backup()).toMatchObject({ ok: false, error: { code: "COLLECTION_NOT_FOUND" } });
    await site.create();
    await site.add(sampleAccounts(2));
    expect(await accounts.backup()).toMatchObject({ ok: true, value: { accounts: 2 } });
    await site.wipe();
    expect(await accounts.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", report: { added: 2 } } });
  });

  it("shares one later backup among calls that come while one runs", async () => {
    const site = await createTestSite();
    await site.create();
    await site.add(sampleAccounts(3));
    const backend = backendOf(site);
    const results = await Promise.all(Array.from({ length: 20 }, async () => await backend.backup()));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(backend.lines).toHaveLength(2);
  });
});

/** The example of the README, run as it stands there. */
describe("the Express example", () => {
  it("keeps its accounts across a wipe", async () => {
    const site = await startDemoSite(1);
    onTestFinished(async () => await site.close());
    await site.redeploy();
    const folder = await exampleFolder();

    const first = await startExample(folder, site, await temporaryFolder());
    for (const name of ["ann", "ben", "cleo"]) {
      const response = await fetch(`${first.url}/register`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name }) });
      expect(response.status).toBe(201);
    }
    await first.stop();
    expect(first.lines).toContain("📭 No user backup found - starting fresh");
    expect(first.lines).toContain("✅ Backed up 3 users for persistence");

    await site.redeploy();
    const second = await startExample(folder, site, first.workFolder);
    await second.stop();
    expect(second.lines).toContain("✅ Restored 3 users from backup");
    const collection = await site.connection.findCollection("users");
    expect(await site.connection.count(collection?.id ?? "")).toBe(3);
  });
});

/** Below this package, so that the example finds it by its name, as it would in node_modules. */
async function exampleFolder(): Promise<string> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const [, code] = /```js\n(import express[\s\S]*?)```/.exec(readme) ?? [];
  if (code === undefined) throw new Error("the README has no Express example");
  const dist = new URL("../../dist/", import.meta.url).pathname;
  await mkdir(dist, { recursive: true });
  const folder = await mkdtemp(join(dist, "example-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "server.js"), code);
  // What the README calls "your own code": a sign-up through the official client.
  await writeFile(
    join(folder, "users.js"),
    `import { ChromaClient } from "chromadb";
    const { hostname, port } = new URL(process.env.CHROMA_URL);
    export async function addUser({ name }) {
      const users = await new ChromaClient({ host: hostname, port: Number(port) }).getOrCreateCollection({ name: "users", embeddingFunction: null });
      const email = name + "@example.com";
      await users.add({ ids: [name], documents: [JSON.stringify({ user_id: name, email })], metadatas: [{ user_id: name, email }], embeddings: [[1, 2, 3]] });
    }`,
  );
  return folder;
}

interface RunningExample {
  readonly url: string;
  readonly workFolder: string;
  readonly lines: string[];
  stop(): Promise<void>;
}

async function startExample(folder: string, site: DemoSite, workFolder: string): Promise<RunningExample> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, "server.js")], {
    cwd: workFolder,
    env: { ...process.env, CHROMA_URL: site.connection.address, PORT: String(port), USER_BACKUP_DATA: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  const listening = new Promise<void>((resolve, reject) => {
    output.on("line", (line) => {
      lines.push(line);
      if (line.startsWith("listening")) resolve();
    });
    output.on("close", () => reject(new Error(`the example ended: ${lines.join("\n")}`)));
  });
  await listening;
  return {
    url: `http://127.0.0.1:${port}`,
    workFolder,
    lines,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
