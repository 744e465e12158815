/**
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), item by item: what can be read off our
 * own settings is checked here, what has to be tried is in test/e2e/desktop-attacks.test.ts, by the same numbers.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contentSecurityPolicy } from "../../../electron/app/page-headers.ts";
import { APP_URL } from "../../../electron/desktop/app-files.ts";
import { checkSender } from "../../../electron/desktop/request-check.ts";
import { webPreferences } from "../../../electron/desktop/web-preferences.ts";

const fileOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const preferences = webPreferences("/app/preload.cjs", true);

/** Members of the checklist that must not be set at all, whatever their value. */
const NEVER_SET = ["enableBlinkFeatures", "disableBlinkFeatures", "plugins", "partition", "additionalArguments", "v8CacheOptions", "enablePreferredSizeMode"];

describe("the security checklist", () => {
  test.each([
    ["2. no Node in pages", "nodeIntegration", false],
    ["2. none in workers", "nodeIntegrationInWorker", false],
    ["2. none in frames", "nodeIntegrationInSubFrames", false],
    ["3. context isolation", "contextIsolation", true],
    ["4. sandboxed processes", "sandbox", true],
    ["6. web security", "webSecurity", true],
    ["8. no insecure content", "allowRunningInsecureContent", false],
    ["9. no experimental features", "experimentalFeatures", false],
    ["11, 12. no webview", "webviewTag", false],
    ["13. dropping a link goes nowhere", "navigateOnDragDrop", false],
  ] as const)("%s", (_item, name, value) => {
    expect(preferences[name]).toBe(value);
  });

  test("10. no Blink features, and nothing else that nobody has thought about", () => {
    expect(Object.keys(preferences).filter((name) => NEVER_SET.includes(name))).toEqual([]);
    expect(Object.keys(preferences)).toHaveLength(13);
    expect(webPreferences("/app/preload.cjs", true).devTools).toBe(false);
  });

  test("every window takes exactly these", () => {
    const windows = fileOf("electron/desktop/window.ts");
    expect(windows.match(/new BrowserWindow\(/g)).toHaveLength(1);
    expect(windows).toContain("webPreferences: webPreferences(preload, app.isPackaged)");
  });

  test("1, 7. only our own files, under a policy that starts from nothing", () => {
    expect(contentSecurityPolicy("desktop")).toMatch(/^default-src 'none'; script-src 'self';.*connect-src 'none'$/);
  });

  test("16. a version of Electron that is looked after", () => {
    const { devDependencies } = JSON.parse(fileOf("package.json")) as { devDependencies: { electron: string } };
    expect(Number(/\d+/.exec(devDependencies.electron)?.[0])).toBeGreaterThanOrEqual(45);
  });

  test("17. every sender is looked at", () => {
    const ours = { frame: { url: APP_URL, isMain: true }, isOurWindow: true };
    expect(() => checkSender(ours)).not.toThrow();
    for (const sender of [
      { ...ours, isOurWindow: false },
      { ...ours, frame: null },
      { ...ours, frame: { ...ours.frame, isMain: false } },
      { ...ours, frame: { ...ours.frame, url: "https://account-keeper/index.html" } },
      { ...ours, frame: { ...ours.frame, url: "app://account-keeper.evil.example/index.html" } },
      { ...ours, frame: { ...ours.frame, url: "https://evil.example/?app://account-keeper/" } },
    ]) {
      expect(() => checkSender(sender)).toThrow(expect.objectContaining({ code: "SENDER_REFUSED" }));
    }
  });

  test("18. a scheme of our own, and no file://", () => {
    for (const path of ["electron/main.ts", "electron/desktop/window.ts", "electron/desktop/app-protocol.ts"]) expect(fileOf(path)).not.toMatch(/loadFile\(|file:\/\//);
  });

  test.each([
    ["runAsNode", false],
    ["enableCookieEncryption", true],
    ["enableNodeOptionsEnvironmentVariable", false],
    ["enableNodeCliInspectArguments", false],
    ["enableEmbeddedAsarIntegrityValidation", true],
    ["onlyLoadAppFromAsar", true],
    ["grantFileProtocolExtraPrivileges", false],
  ])("19. the fuse %s", (fuse, value) => {
    expect(fileOf("electron-builder.yml")).toMatch(new RegExp(`^  ${fuse}: ${String(value)}$`, "m"));
  });

  test("20. the page gets two or three functions of ours, and none of Electron's", () => {
    const preload = fileOf("electron/preload.ts");
    expect(preload.match(/exposeInMainWorld\(/g)).toHaveLength(1);
    expect(preload).not.toMatch(/ipcRenderer\.send\b|sendSync|expose.*ipcRenderer/);
  });
});
