/** What the bundled server needs from the machine: a glibc that is new enough, or the means to get one. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startBundledServer } from "../../electron/engine/server/bundled-server.ts";
import { findNodeCommand, thisMachine, type Machine } from "../../electron/engine/server/glibc.ts";
import { builtServerModule, runModule } from "../support/processes.ts";
import { chownForNobody, startAsNobody } from "../support/unprivileged.ts";

async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A Linux that is too old, without apt-get, with an empty cache. */
async function oldMachine(changes: Partial<Machine> = {}): Promise<Machine> {
  return { platform: "linux", arch: "x64", glibcVersion: "2.36", cacheFolder: await testFolder(), env: { PATH: "" }, node: process.execPath, ...changes };
}

describe("the command that starts Node", () => {
  test.each<[string, Partial<Machine>]>([
    ["the glibc is new enough", { glibcVersion: "2.39" }],
    ["it is newer", { glibcVersion: "3.0" }],
    ["there is no glibc to ask for", { platform: "darwin", arch: "arm64", glibcVersion: undefined }],
  ])("is Node itself where %s", async (_what, changes) => {
    expect(await findNodeCommand(await oldMachine(changes))).toEqual({ command: process.execPath, args: [] });
  });

  test.each<[string, Partial<Machine>]>([
    ["there is no apt-get", {}],
    ["the C library is another one", { glibcVersion: undefined }],
    ["the processor is another one", { arch: "riscv64" }],
    ["the cache cannot be written", { cacheFolder: join(process.execPath, "cache") }],
  ])("cannot be found where %s: the error names the alternatives", async (_what, changes) => {
    const machine = await oldMachine(changes);
    await expect(startBundledServer({}, machine)).rejects.toMatchObject({
      code: "BUNDLED_SERVER_UNAVAILABLE",
      message: expect.stringMatching(/^[^.]+(?:\.\d[^.]*)*\.$/) as string,
      hint: expect.stringMatching(/--url or CHROMA_URL.*Debian 13.*Ubuntu 24\.04/s) as string,
    });
    // Nothing half-made is left.
    if (changes.cacheFolder === undefined) expect(await readdir(machine.cacheFolder)).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("cannot be found where every download fails, after every mirror was tried", async () => {
    const programs = await testFolder();
    await writeFile(join(programs, "apt-get"), "#!/bin/sh\nexit 100\n", { mode: 0o755 });
    const machine = await oldMachine({ env: { PATH: programs } });
    await expect(findNodeCommand(machine)).rejects.toMatchObject({ code: "BUNDLED_SERVER_UNAVAILABLE", hint: expect.stringContaining("internet") as string, cause: expect.any(AggregateError) as AggregateError });
    expect(await readdir(machine.cacheFolder)).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("is not waited for after a cancellation", async () => {
    const programs = await testFolder();
    await writeFile(join(programs, "apt-get"), "#!/bin/sh\nexec /bin/sleep 600\n", { mode: 0o755 });
    const machine = await oldMachine({ env: { PATH: programs } });
    const controller = new AbortController();
    const finding = findNodeCommand(machine, controller.signal);
    await expect.poll(() => readdir(machine.cacheFolder), { timeout: 30_000 }).not.toEqual([]);
    controller.abort();
    await expect(finding).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await readdir(machine.cacheFolder)).toEqual([]);
  });
});

// Elsewhere nothing is downloaded, and there may be no Debian keyring to trust a download with.
const [major = 0, minor = 0] = (thisMachine().glibcVersion ?? "99").split(".").map(Number);
describe.skipIf(major > 2 || minor >= 39)("on an older Debian", () => {
  test("two processes that prepare the cache at once both get a server, and leave one complete folder", async () => {
    const cache = await testFolder();
    const source = `const { startBundledServer } = await import(${JSON.stringify(builtServerModule)});
      const server = await startBundledServer();
      await server.stop();
      console.log(server.url);`;
    const programs = [runModule(source, { ACCOUNT_KEEPER_CACHE: cache }), runModule(source, { ACCOUNT_KEEPER_CACHE: cache })];
    for (const program of programs) expect(await program.firstLine()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const left = await readdir(cache);
    expect(left).toHaveLength(1);
    expect(left[0]).not.toContain("partial");
  });

  test("an unprivileged user can do it, also over a cache that lost some of its files", async () => {
    const cache = join(await testFolder(), "cache");
    await chownForNobody(join(cache, ".."));
    await mkdir(join(cache, "glibc-trixie-amd64"), { recursive: true });
    await chownForNobody(cache);
    await chownForNobody(join(cache, "glibc-trixie-amd64"));
    expect(await startAsNobody({}, { ACCOUNT_KEEPER_CACHE: cache })).toMatchObject({ url: expect.stringContaining("127.0.0.1") as string });
  });
});
