/** The desktop app among what the system gives it: a keychain that does not answer, a window that filled the screen, a system that goes down, a notification that is refused. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { hostKind, standInRecord } from "../support/electron-stand-in/launch.ts";
import { startDesktop, type DesktopApp } from "../support/desktop-app.ts";
import { eventually } from "../support/eventually.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";

const isStandIn = hostKind() === "stand-in";

test.runIf(isStandIn && process.platform === "linux").each([
  ["gnome_libsecret", "keychain"],
  // What suits the desktop is chosen all the same, and what is sealed opens with a password that everybody knows.
  ["silent", "plain"],
  ["basic_text", "plain"],
  ["none", "plain"],
] as const)("a keychain that is %s is called what it is", async (ELECTRON_STANDIN_KEYRING, secrets) => {
  const desktop = await startDesktop({ env: { ELECTRON_STANDIN_KEYRING } });
  expect(await desktop.ask("app.info", {})).toMatchObject({ secrets });
});

test.runIf(isStandIn)("a window that filled the screen does so again, and not before its page is painted", async () => {
  const userData = await temporaryFolder();
  await writeFile(join(userData, "window.json"), JSON.stringify({ x: 140, y: 90, width: 1000, height: 700, maximized: true }));
  const desktop = await startDesktop({ userData });
  const isMaximized = (): Promise<boolean | undefined> => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMaximized());
  await eventually(async () => expect(await isMaximized()).toBe(true));
  expect((await standInRecord(desktop.app)).shownUnpainted).toEqual([]);
});

/** In the middle of a rehearsal, which it would be asked about before quitting. */
async function startAtWork(): Promise<DesktopApp> {
  const desktop = await startDesktop();
  const site = await createTestSite();
  await site.create();
  await site.add(sampleAccounts(3));
  const siteId = await desktop.addSite(site);
  await desktop.run("backup", { siteId });
  await desktop.start("drill", { siteId, from: { kind: "newest" } });
  return desktop;
}

test.runIf(process.platform !== "win32")("a system that goes down is asked to wait, nobody is asked anything, and the app ends in order", async () => {
  const desktop = await startAtWork();
  const ended = once(desktop.app.process(), "exit");
  const waits = await desktop.app.evaluate(({ dialog, powerMonitor }) => {
    dialog.showMessageBox = () => new Promise(() => undefined);
    let isPrevented = false;
    powerMonitor.emit("shutdown", { preventDefault: () => (isPrevented = true) });
    return isPrevented;
  });
  expect(waits).toBe(true);
  expect((await ended)[0]).toBe(0);
});

test.runIf(process.platform !== "win32")("a system that goes down while the question before quitting stands does not wait for its answer", async () => {
  const desktop = await startAtWork();
  const ended = once(desktop.app.process(), "exit");
  await desktop.app.evaluate(async ({ app, dialog, powerMonitor }) => {
    const isAsked = new Promise<void>((resolve) => {
      dialog.showMessageBox = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    app.quit();
    await isAsked;
    powerMonitor.emit("shutdown", { preventDefault: () => undefined });
  });
  expect((await ended)[0]).toBe(0);
});

test.runIf(isStandIn)("a notification that the system refuses is logged", async () => {
  const userData = await temporaryFolder();
  await mkdir(join(userData, "keeper"));
  // Of a newer version: nobody can watch, which is news.
  await writeFile(join(userData, "keeper", "sites.json"), JSON.stringify({ version: 999 }));
  const desktop = await startDesktop({ userData });
  await eventually(async () => expect((await standInRecord(desktop.app)).notifications).toHaveLength(1));
  await desktop.app.evaluate(({ Notification }) => {
    (Notification as unknown as { shown: NodeJS.EventEmitter[] }).shown[0]?.emit("failed", {}, "not signed");
  });
  await eventually(async () => expect(await desktop.log()).toContain("A notification was not shown: not signed"));
});
