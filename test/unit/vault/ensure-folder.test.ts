import { mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureFolder } from "../../../electron/engine/vault/atomic.ts";
import { tempFolder } from "../backup/make-backup.ts";

describe("ensureFolder", () => {
  it("makes what is missing, readable by its owner only, and leaves what is there", async () => {
    const above = await tempFolder();
    const middle = join(above, "a");
    await mkdir(middle, { mode: 0o755 });
    await ensureFolder(join(middle, "b", "c"));
    await ensureFolder(join(middle, "b", "c"));
    const modes = await Promise.all([middle, join(middle, "b"), join(middle, "b", "c")].map(async (path) => ((await stat(path)).mode & 0o777).toString(8)));
    if (process.platform !== "win32") expect(modes).toEqual(["755", "700", "700"]);
  });

  it("may be asked by many at once", async () => {
    const folder = join(await tempFolder(), "a", "b", "c", "d");
    await Promise.all(Array.from({ length: 20 }, async () => await ensureFolder(folder)));
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  it("follows a link to a folder", async () => {
    const above = await tempFolder();
    await mkdir(join(above, "real"));
    await symlink(join(above, "real"), join(above, "link"), "junction");
    await ensureFolder(join(above, "link"));
    await ensureFolder(join(above, "link", "inside"));
    expect((await stat(join(above, "real", "inside"))).isDirectory()).toBe(true);
  });

  it("fails with the system's code where a file stands in the way", async () => {
    const file = join(await tempFolder(), "file");
    await writeFile(file, "");
    await expect(ensureFolder(file)).rejects.toMatchObject({ code: "EEXIST" });
    await expect(ensureFolder(join(file, "inside"))).rejects.toMatchObject({ code: process.platform === "win32" ? "EEXIST" : "ENOTDIR" });
  });

  it.skipIf(process.platform !== "linux")("ends where an existing folder takes none", { timeout: 5_000 }, async () => {
    for (const folder of ["/proc/account-keeper", "/proc/account-keeper/backups"]) await expect(ensureFolder(folder)).rejects.toMatchObject({ code: "EACCES" });
  });
});
