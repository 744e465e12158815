/** The list of folders that a browser's window picks from, where the system has no dialog for it. */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTestApp, type TestApp } from "../../support/test-app.ts";

async function startInBrowser(home?: string): Promise<TestApp> {
  const app = await startTestApp({ ports: { host: "web", dialogs: null } });
  for (const name of ["HOME", "USERPROFILE"]) vi.stubEnv(name, home ?? app.documentsFolder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return app;
}

test("begins at the owner's own folder, and shows folders and what may be a backup", async () => {
  const app = await startInBrowser();
  await mkdir(join(app.documentsFolder, "Photos"));
  for (const name of ["users.json", ".hidden.json", "picture.png"]) await writeFile(join(app.documentsFolder, name), "");
  const { shown, entries } = await app.ask("folder.browse", {});
  expect([shown, entries.map(({ name, kind }) => [name, kind])]).toEqual([app.documentsFolder, [["Photos", "folder"], ["users.json", "file"]]]);
});

test.runIf(process.platform !== "win32")("begins at the top for a user who has no folder, as programs of a server do", async () => {
  const app = await startInBrowser("/nonexistent");
  expect(await app.ask("folder.browse", {})).toMatchObject({ shown: "/", parent: null });
});

test("says that a folder is gone, or is none, in words about folders", async () => {
  const app = await startInBrowser();
  await mkdir(join(app.documentsFolder, "Photos"));
  await writeFile(join(app.documentsFolder, "users.json"), "");
  const { entries } = await app.ask("folder.browse", {});
  const [folder = "", file = ""] = entries.map(({ token }) => token);
  await rm(join(app.documentsFolder, "Photos"), { recursive: true });
  await expect(app.ask("folder.browse", { folder })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND", message: "This folder is not there any more.", hint: "Choose another one." });
  await expect(app.ask("folder.browse", { folder: file })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND", message: "This is a file, not a folder." });
});

test.runIf(process.platform !== "win32")("says that a folder cannot be opened", async () => {
  const app = await startInBrowser();
  const path = join(app.documentsFolder, "Photos");
  await mkdir(path);
  const { entries } = await app.ask("folder.browse", {});
  // A link that leads to itself stands for all that a system says but that it is not there.
  await rm(path, { recursive: true });
  await symlink(path, path);
  await expect(app.ask("folder.browse", { folder: entries[0]?.token })).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: "This folder cannot be opened." });
});
