import { readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { createNotifier } from "../../../electron/desktop/notifications.ts";
import { pretendPlatform } from "../../support/windows-disk.ts";

const app = vi.hoisted(() => ({ isPackaged: true, setAppUserModelId: vi.fn() }));
vi.mock("electron", () => ({ app, Notification: vi.fn() }));
afterEach(() => void app.setAppUserModelId.mockClear());

const log = { info: () => undefined, warn: () => undefined, error: () => "ref" };
const calls = (): unknown[] => {
  createNotifier(() => undefined, log);
  return app.setAppUserModelId.mock.calls;
};

/** Under any other name Windows does not know whose notifications they are, and shows none. */
it("come under the name that the installer gives the app", () => {
  const [, appId] = /^appId: (\S+)$/m.exec(readFileSync(new URL("../../../electron-builder.yml", import.meta.url), "utf8")) ?? [];
  pretendPlatform("win32");
  expect(calls()).toStrictEqual([[appId]]);
});

it("are left to Electron elsewhere, and in an app that nobody installed", () => {
  pretendPlatform("darwin");
  expect(calls()).toStrictEqual([]);
  pretendPlatform("win32");
  app.isPackaged = false;
  expect(calls()).toStrictEqual([]);
});
