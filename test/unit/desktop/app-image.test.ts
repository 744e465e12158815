/** Which copy of itself the app may replace, and start at login. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appImageOf } from "../../../electron/desktop/app-image.ts";
import { temporaryFolder } from "../../support/site.ts";

test("an app that was mounted from an AppImage knows its file, and no other does", async () => {
  const folder = await temporaryFolder();
  const mounted = join(folder, ".mount_abc");
  await mkdir(mounted);
  await writeFile(join(mounted, "account-keeper"), "");
  await symlink(mounted, join(folder, "link"));
  const env = { APPIMAGE: "/home/ada/account-keeper.AppImage", APPDIR: mounted };
  const executable = join(mounted, "account-keeper");

  expect(appImageOf(executable, env)).toBe(env.APPIMAGE);
  expect(appImageOf(executable, { ...env, APPDIR: join(folder, "link") })).toBe(env.APPIMAGE);
  // Started from the terminal of an editor that is an AppImage: electron-updater would put our new version in the editor's place.
  expect(appImageOf("/opt/Account Keeper/account-keeper", env)).toBeNull();
  expect(appImageOf(`${mounted}-2/account-keeper`, env)).toBeNull();
  expect(appImageOf(mounted, env)).toBeNull();
  expect(appImageOf(executable, { APPIMAGE: env.APPIMAGE })).toBeNull();
  expect(appImageOf(executable, { APPDIR: mounted })).toBeNull();
  expect(appImageOf(executable, { ...env, APPDIR: join(folder, "gone") })).toBeNull();
});
