/** The bundled server never outlives the program that started it, however that ends. Leftover servers would take a whole machine. */
import { access, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { builtServerModule, isRunning, runModule, untilEnded } from "../support/processes.ts";

interface Started {
  pid: number;
  path: string;
}

const exists = (path: string) => access(path).then(() => true, () => false);

async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that starts a server, says so, and goes on with `then`. */
async function parent(then: string, options: { path?: string } = {}) {
  const program = runModule(`
    const { startBundledServer } = await import(${JSON.stringify(builtServerModule)});
    const server = await startBundledServer(${JSON.stringify(options)});
    console.log(JSON.stringify({ pid: server.pid, path: server.path }));
    ${then}`);
  onTestFinished(() => { program.kill("SIGKILL"); });
  const server = JSON.parse(await program.firstLine()) as Started;
  onTestFinished(() => { if (isRunning(server.pid)) process.kill(server.pid, "SIGKILL"); });
  return { program, server };
}

const waitForEver = "setInterval(() => {}, 1000);";

describe("the server and its temporary folder go when the parent", () => {
  test.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)("gets %s", async (signal) => {
    const { program, server } = await parent(waitForEver);
    expect(isRunning(server.pid)).toBe(true);
    program.kill(signal);
    await program.ended();
    await untilEnded(server.pid);
    expect(await exists(server.path)).toBe(false);
  });

  test.each([
    ["has nothing more to do", "", 0],
    ["calls process.exit", "process.exit(7);", 7],
    ["throws", "throw new Error('meant to be');", 1],
  ])("%s", async (_how, then, code) => {
    const { program, server } = await parent(then);
    expect((await program.ended()).code).toBe(code);
    await untilEnded(server.pid);
    expect(await exists(server.path)).toBe(false);
  });

  test("is killed while it stops the server", async () => {
    const path = await testFolder();
    // With a folder to keep, stopping is not just a kill.
    const { program, server } = await parent("void server.stop(); process.kill(process.pid, 'SIGKILL');", { path });
    await program.ended();
    await untilEnded(server.pid);
  });
});

test("a given folder stays when the parent is killed, and opens again", async () => {
  const path = await testFolder();
  const { program, server } = await parent(waitForEver, { path });
  program.kill("SIGKILL");
  await untilEnded(server.pid);
  const again = await startBundledServer({ path });
  await again.stop();
  expect(await exists(join(path, "chroma.sqlite3"))).toBe(true);
});

test("a copy of a data folder, which holds everybody's accounts, goes when the parent is killed; the folder stays", async () => {
  const path = await testFolder();
  // Its own, where nobody else sweeps.
  const temporary = await testFolder();
  await (await startBundledServer({ path })).stop();
  const openSource = builtServerModule.replace(/server\/bundled-server\.js$/, "chroma/open-source.js");
  const program = runModule(`
    const { openSource } = await import(${JSON.stringify(openSource)});
    await openSource({ kind: "folder", path: ${JSON.stringify(path)} });
    console.log("open");
    ${waitForEver}`, { TMPDIR: temporary, TEMP: temporary });
  onTestFinished(() => { program.kill("SIGKILL"); });
  await program.firstLine();
  const copies = async () => (await readdir(temporary)).filter((name) => name.startsWith("account-keeper-server-"));
  expect(await copies()).toHaveLength(1);
  program.kill("SIGKILL");
  await program.ended();
  await expect.poll(copies, { timeout: 10_000, interval: 50 }).toEqual([]);
  expect(await exists(join(path, "chroma.sqlite3"))).toBe(true);
});

test("a temporary folder left by parent and server killed together is swept at the next start; others stay", async () => {
  const { program, server } = await parent(waitForEver);
  // Stopped first, the server cannot notice that its parent is gone, as when both are killed in one blow.
  process.kill(server.pid, "SIGSTOP");
  program.kill("SIGKILL");
  await program.ended();
  process.kill(server.pid, "SIGKILL");
  await untilEnded(server.pid);
  expect(await exists(server.path)).toBe(true);
  const living = await startBundledServer();
  onTestFinished(() => living.stop());
  const foreign = server.path.replace(/(account-keeper-server-)[0-9a-f]{8}/, "$100000000");
  await mkdir(foreign);
  onTestFinished(() => rm(foreign, { recursive: true, force: true }));

  const next = await startBundledServer();
  await next.stop();
  expect(await exists(server.path)).toBe(false);
  expect(await exists(living.path)).toBe(true);
  expect(await exists(foreign)).toBe(true);
});
