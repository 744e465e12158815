/** A demo is there with all its customers or not at all, whatever its first start meets. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { createDemoServers, type DemoServers } from "../../electron/app/sites/demo-servers.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { useServerLauncher } from "../../electron/engine/server/launch-server.ts";
import { temporaryFolder } from "../support/site.ts";

afterEach(() => useServerLauncher(null));

function demosIn(dataFolder: string): DemoServers {
  const demos = createDemoServers(dataFolder);
  onTestFinished(async () => await demos.close());
  return demos;
}

async function customersOf(url: string): Promise<number | null> {
  const connection = await connect({ kind: "server", url });
  try {
    const found = await connection.findCollection("users");
    return found === null ? null : await connection.count(found.id);
  } finally {
    await connection.close();
  }
}

test("a first start that fails does not leave an empty site behind", async () => {
  const demos = demosIn(await temporaryFolder());
  useServerLauncher(() => Promise.reject(new Error("too busy")));
  await expect(demos.urlOf("demo")).rejects.toMatchObject({ code: "BUNDLED_SERVER_FAILED" });
  useServerLauncher(null);
  expect(await customersOf(await demos.urlOf("demo"))).toBe(12);
});

test("a first start that died before its customers were there begins anew", async () => {
  const dataFolder = await temporaryFolder();
  // As far as the server's own folder.
  await mkdir(join(dataFolder, "demo", "demo"), { recursive: true });
  expect(await customersOf(await demosIn(dataFolder).urlOf("demo"))).toBe(12);
});

test.each(["", "99999", "no port"])("a mark that names no port (%s) does not keep it from starting", async (mark) => {
  const dataFolder = await temporaryFolder();
  const demos = demosIn(dataFolder);
  await demos.urlOf("demo");
  await demos.close();
  await writeFile(join(dataFolder, "demo", "demo.filled"), mark);
  expect(await customersOf(await demosIn(dataFolder).urlOf("demo"))).toBe(12);
});

test("a wiped one stays wiped and keeps its address, also after a restart of the app", async () => {
  const dataFolder = await temporaryFolder();
  const demos = demosIn(dataFolder);
  const url = await demos.urlOf("demo");
  await demos.wipe("demo");
  expect(await demos.urlOf("demo")).toBe(url);
  expect(await customersOf(url)).toBeNull();
  await demos.close();
  expect(await demosIn(dataFolder).urlOf("demo")).toBe(url);
  expect(await customersOf(url)).toBeNull();
});
