/** The bundled server where owners have Windows: its C++ runtime is missing, and its files are in use a moment longer than it. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { removeFolder } from "../../../electron/engine/backup/patience.ts";
import { copyChromaFolder } from "../../../electron/engine/chroma/folder-copy.ts";
import { startBundledServer } from "../../../electron/engine/server/bundled-server.ts";
import { useServerLauncher } from "../../../electron/engine/server/launch-server.ts";
import { hostExit } from "../../../electron/engine/server/server-process.ts";
import { pretendPlatform } from "../../support/windows-disk.ts";
import { errorOf, tempFolder } from "../backup/make-backup.ts";

afterEach(() => useServerLauncher(null));

/** The launched process says at once that it could not load the native package. */
async function hintWithoutRuntime(platform: NodeJS.Platform): Promise<string | undefined> {
  pretendPlatform(platform);
  const ended = Promise.resolve({ code: hostExit.runtimeNotLoadable, signal: null });
  useServerLauncher(() => Promise.resolve({ pid: 1, ended, send: () => undefined, hold: () => undefined }));
  const error = await errorOf(() => startBundledServer());
  expect(error.code).toBe("BUNDLED_SERVER_UNAVAILABLE");
  return error.hint;
}

it("says what the native package lacks on each system", async () => {
  expect(await hintWithoutRuntime("win32")).toMatch(/Visual C\+\+ Redistributable .*vc_redist\.x64\.exe/);
  expect(await hintWithoutRuntime("linux")).toContain("Ubuntu 24.04");
  expect(await hintWithoutRuntime("darwin")).not.toContain("Ubuntu");
});

function replaced<Name extends "rm">(name: Name, by: (typeof fs.promises)[Name]): void {
  const real = fs.promises[name];
  fs.promises[name] = by;
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.promises[name] = real;
    syncBuiltinESMExports();
  });
}

it("a folder of an ended server goes although its files are in use for a moment", async () => {
  const folder = await tempFolder();
  // Node tries again by itself where it is told to, and only for a folder with all that is in it.
  replaced("rm", (_path, options) => (options?.recursive === true && (options.maxRetries ?? 0) > 0 ? Promise.resolve() : Promise.reject(Object.assign(new Error("EBUSY"), { code: "EBUSY" }))));
  await expect(removeFolder(folder)).resolves.toBeUndefined();
});

it("a database whose site holds it is busy, not a defect of ours", async () => {
  const folder = await tempFolder();
  fs.writeFileSync(join(folder, "chroma.sqlite3"), "database");
  const real = fs.createReadStream;
  // The system's answer to the first read, as a stream hands it on.
  fs.createReadStream = (path) => {
    const stream = real(path);
    stream._read = () => void stream.destroy(Object.assign(new Error("EBUSY: resource busy or locked, read"), { code: "EBUSY" }));
    return stream;
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.createReadStream = real;
    syncBuiltinESMExports();
  });
  expect(await errorOf(() => copyChromaFolder(folder))).toMatchObject({ code: "BUSY", message: "Another program holds a file in this folder." });
});
