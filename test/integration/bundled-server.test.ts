/** The bundled server as its callers see it: start, stop, data, and every way to fail. */
import { once } from "node:events";
import { access, chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChromaClient } from "chromadb";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import type * as freePortModule from "../../electron/engine/server/free-port.ts";
import type { Progress } from "../../shared/progress.ts";
import { isRunning, untilEnded } from "../support/processes.ts";
import { chownForNobody, startAsNobody } from "../support/unprivileged.ts";

/** Ports to offer before really free ones. */
const offeredPorts = vi.hoisted<number[]>(() => []);
vi.mock("../../electron/engine/server/free-port.ts", async (original) => {
  const real = await original<typeof freePortModule>();
  return { ...real, freePort: () => { const port = offeredPorts.shift(); return port === undefined ? real.freePort() : Promise.resolve(port); } };
});

type StartOptions = Parameters<typeof startBundledServer>[0];

async function start(options?: StartOptions): Promise<BundledServer> {
  const server = await startBundledServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const exists = (path: string) => access(path).then(() => true, () => false);
const ownTemporaryFolders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("account-keeper-server-") && name.includes(`-${process.pid}-`));
const clientOf = ({ url }: BundledServer) => new ChromaClient({ host: "127.0.0.1", port: Number(new URL(url).port) });

describe("a running server", () => {
  test("answers on a loopback port, works on a private temporary folder, and takes it along when it stops", async () => {
    const seen: Progress[] = [];
    const server = await start({ onProgress: (progress) => seen.push(progress) });

    expect((await fetch(`${server.url}/api/v2/heartbeat`)).status).toBe(200);
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
    expect(server.temporary).toBe(true);
    expect((await stat(server.path)).mode & 0o777).toBe(0o700);
    expect(seen[0]?.phase).toBe("starting_server");
    expect(isRunning(server.pid)).toBe(true);

    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(await exists(server.path)).toBe(false);
    await expect(fetch(`${server.url}/api/v2/heartbeat`)).rejects.toThrow();
    expect((await server.exited).expected).toBe(true);
    await server.stop();
  });

  test("keeps the data of a given folder over a restart", async () => {
    const path = join(await testFolder(), "new", "chroma");
    const first = await start({ path });
    expect(first).toMatchObject({ path, temporary: false });
    const collection = await clientOf(first).createCollection({ name: "users", embeddingFunction: null });
    await collection.add({ ids: ["u1"], documents: ['{"user_id":"u1"}'], embeddings: [[1, 2, 3]] });
    await first.stop();
    // It ended by itself: its files were closed, not abandoned.
    expect(await first.exited).toEqual({ code: 0, signal: null, expected: true });

    const second = await start({ path });
    const again = await clientOf(second).getCollection({ name: "users" });
    expect((await again.get()).documents).toEqual(['{"user_id":"u1"}']);
    await second.stop();
    expect(await exists(join(path, "chroma.sqlite3"))).toBe(true);
  });

  test("does not share anything with a second one", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await clientOf(one).createCollection({ name: "users", embeddingFunction: null });
    expect(await clientOf(two).countCollections()).toBe(0);
    await one.stop();
    expect((await fetch(`${two.url}/api/v2/heartbeat`)).status).toBe(200);
  });

  test("says when it died by itself, and can still be stopped", async () => {
    const server = await start();
    process.kill(server.pid, "SIGKILL");
    expect((await server.exited).expected).toBe(false);
    await server.stop();
    expect(await exists(server.path)).toBe(false);
  });

  test.skipIf(process.platform === "win32")("ends on SIGTERM instead of spinning for ever", async () => {
    const server = await start();
    process.kill(server.pid, "SIGTERM");
    await untilEnded(server.pid);
  });

  test.skipIf(process.platform === "win32")("is out of reach of Ctrl-C in the terminal of its parent", async () => {
    const server = await start();
    // Signal 0 to a group: it exists only if the server leads one of its own.
    expect(() => process.kill(-server.pid, 0)).not.toThrow();
  });

  test("ignores Chroma settings and Node options in the owner's environment", async () => {
    vi.stubEnv("CHROMA_PORT", "1");
    vi.stubEnv("NODE_OPTIONS", "--require=/nowhere/missing.cjs");
    onTestFinished(() => { vi.unstubAllEnvs(); });
    const server = await start();
    expect((await fetch(`${server.url}/api/v2/heartbeat`)).status).toBe(200);
  });
});

describe("a port that is taken in the last moment", () => {
  test("by another Chroma: its answers are not taken for ours", async () => {
    const other = await start();
    offeredPorts.push(Number(new URL(other.url).port));
    const server = await start();
    expect(offeredPorts).toEqual([]);
    expect(server.url).not.toBe(other.url);
  });

  test("by another program, again and again: a typed error", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => { taken.close(); });
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    offeredPorts.push(port, port, port);
    await expect(start()).rejects.toMatchObject({ code: "BUNDLED_SERVER_FAILED" });
    expect(offeredPorts).toEqual([]);
    expect(await ownTemporaryFolders()).toEqual([]);
  });
});

describe("cancelling the start", () => {
  test("before it begins leaves nothing", async () => {
    await expect(start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await ownTemporaryFolders()).toEqual([]);
  });

  test.each([
    ["at once", async () => await Promise.resolve()],
    ["when its folder is there", async () => await expect.poll(ownTemporaryFolders, { interval: 1, timeout: 30_000 }).toHaveLength(1)],
  ])("%s ends the child and removes the folder", async (_, moment) => {
    const controller = new AbortController();
    const starting = startBundledServer({ signal: controller.signal });
    const ended = expect(starting).rejects.toMatchObject({ code: "CANCELLED" });
    await moment();
    controller.abort();
    await ended;
    // `start` waits for the child's end, so a folder it still wrote to would be back by now.
    expect(await ownTemporaryFolders()).toEqual([]);
  });
});

describe("a folder that cannot be served", () => {
  test("a file", async () => {
    const path = join(await testFolder(), "file");
    await writeFile(path, "not a folder");
    await expect(start({ path })).rejects.toMatchObject({ code: "NOT_A_CHROMA_FOLDER" });
    await expect(start({ path: join(path, "below") })).rejects.toMatchObject({ code: "NOT_A_CHROMA_FOLDER" });
  });

  test("one whose database is damaged: the reason is the cause, with a sentence and a hint for the owner", async () => {
    const path = await testFolder();
    await writeFile(join(path, "chroma.sqlite3"), "this is no database".repeat(500));
    const failure = await startBundledServer({ path }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BUNDLED_SERVER_FAILED", message: expect.stringMatching(/\.$/) as string, hint: expect.stringMatching(/\.$/) as string });
    expect(failure instanceof Error && typeof failure.cause === "string" && failure.cause.length > 0).toBe(true);
    // Nothing of a failed start may remain over the owner's folder.
    expect(await readdir(path)).toContain("chroma.sqlite3");
  });

  test.skipIf(process.platform === "win32")("one without the right to write", async () => {
    const base = await testFolder();
    const path = join(base, "locked");
    await mkdir(path);
    await chownForNobody(base);
    await chownForNobody(path);
    await chmod(path, 0o500);
    expect(await startAsNobody({ path })).toMatchObject({ code: "FOLDER_NOT_WRITABLE" });
    expect(await startAsNobody({ path: join(path, "below") })).toMatchObject({ code: "FOLDER_NOT_WRITABLE" });
  });
});
