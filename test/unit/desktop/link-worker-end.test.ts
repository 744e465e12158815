import { describe, expect, test, vi } from "vitest";
import type { KeeperApp } from "../../../electron/app/keeper-app.ts";
import type { AppEvent } from "../../../shared/contract.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { stageBoth, type Opened } from "./link-stage.ts";

function app(call: KeeperApp["call"] = (command) => Promise.resolve({ ok: true, value: command })) {
  const listeners: ((event: AppEvent) => void)[] = [];
  return {
    call,
    giveToken: vi.fn<KeeperApp["giveToken"]>((path, shown = "no name") => Promise.resolve({ ok: true, value: { token: `path_${"t".repeat(22)}`, shown: `${path} ${shown}` } })),
    onEvent: (listener: (event: AppEvent) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
    close: vi.fn(() => Promise.resolve()),
    emit: (event: AppEvent) => {
      for (const listener of listeners) listener(event);
    },
  };
}

/** The app asks the desktop with what the window sent. */
function stageAsking(ask: (opened: Opened, request: unknown) => Promise<unknown>) {
  return stageBoth((opened) => Promise.resolve(app(async (_command, request) => ({ ok: true, value: await ask(opened, request).catch((error: unknown) => String(error)) }))));
}

test("commands and events cross, and closing closes the app", async () => {
  const inside = app();
  const { engine, events } = stageBoth(() => Promise.resolve(inside));
  expect(await engine.call("site.list", {})).toEqual({ ok: true, value: "site.list" });
  inside.emit({ type: "clipboard", state: "cleared" });
  await vi.waitFor(() => expect(events).toEqual([{ type: "clipboard", state: "cleared" }]), { timeout: 30_000 });
  await engine.close();
  expect(inside.close).toHaveBeenCalledTimes(1);
});

test("a dropped file crosses beside the commands, with its name or without", async () => {
  const inside = app();
  const { engine } = stageBoth(() => Promise.resolve(inside));
  const token = `path_${"t".repeat(22)}`;
  expect(await engine.giveToken("/home/anna/a.json")).toEqual({ ok: true, value: { token, shown: "/home/anna/a.json no name" } });
  expect(await engine.giveToken("/tmp/dropped-1", "a.json")).toEqual({ ok: true, value: { token, shown: "/tmp/dropped-1 a.json" } });
  // By name it is a command like any other, which the gate does not know.
  await engine.call("give_token", { path: "/etc/passwd" });
  expect(inside.giveToken).toHaveBeenCalledTimes(2);
  await engine.close();
});

test("an app that cannot be opened answers every call with the reason", async () => {
  const open = vi.fn(() => Promise.reject(new KeeperError("SETTINGS_UNREADABLE", "Your list of sites cannot be read.")));
  const { engine, lines } = stageBoth(open);
  for (const command of ["site.list", "settings.get"]) {
    expect(await engine.call(command, {})).toMatchObject({ ok: false, error: { code: "SETTINGS_UNREADABLE", message: "Your list of sites cannot be read." } });
  }
  expect(await engine.giveToken("/home/anna/a.json")).toMatchObject({ ok: false, error: { code: "SETTINGS_UNREADABLE" } });
  expect(open).toHaveBeenCalledTimes(1);
  expect(lines.join("\n")).toContain("engine: site.list: the app is not there [");
  await engine.close();
});

test("an app that could not be opened is tried again at the next call where that may help", async () => {
  const open = vi.fn<() => Promise<KeeperApp>>(() => Promise.resolve(app()));
  open.mockRejectedValueOnce(new KeeperError("BUSY", "Account Keeper is open on these sites already."));
  const { engine } = stageBoth(open);
  expect(await Promise.all([engine.call("site.list", {}), engine.call("settings.get", {})])).toMatchObject([{ ok: false, error: { code: "BUSY" } }, { ok: false, error: { code: "BUSY" } }]);
  expect(await engine.call("site.list", {})).toEqual({ ok: true, value: "site.list" });
  expect(open).toHaveBeenCalledTimes(2);
  await engine.close();
});

test("an app that throws inside a call answers INTERNAL, with a reference to the log", async () => {
  const { engine, lines } = stageBoth(() => Promise.resolve(app(() => Promise.reject(new Error("defect")))));
  const result = await engine.call("site.list", {});
  expect(result).toMatchObject({ ok: false, error: { code: "INTERNAL" } });
  const ref = result.ok ? "" : (result.error.ref ?? "none");
  expect(lines.join("\n")).toContain(`[${ref}]`);
});

describe("the desktop's ports", () => {
  test.each([
    ["keychain", ({ ports }: Opened) => ports.keychain?.seal("key"), "sealed key"],
    ["keychain, refused", ({ ports }: Opened) => ports.keychain?.open("x"), "Error: Another user sealed it."],
    ["clipboard", ({ ports }: Opened) => ports.clipboard?.copySecret("v"), 60_000],
    ["dialogs", ({ ports }: Opened) => ports.dialogs?.choose("export_file", "a.json"), "/picked/export_file/a.json"],
    ["dialogs without a name", ({ ports }: Opened) => ports.dialogs?.choose("vault"), "/picked/vault/"],
    ["shell", ({ ports }: Opened) => ports.shell?.openLink("https://render.com"), undefined],
    ["notices", ({ ports }: Opened) => ports.notify?.({ title: "Site", body: "Wiped", siteId: "12345678" }), undefined],
  ])("%s", async (_port, ask, expected) => {
    const { engine } = stageAsking(async (opened) => await ask(opened));
    expect(await engine.call("x", {})).toEqual({ ok: true, value: expected });
  });

  test("say what the desktop can do", async () => {
    const { engine } = stageAsking(({ ports: { host, canStartAtLogin, canUpdate } }) => Promise.resolve([host, canStartAtLogin, canUpdate]));
    expect(await engine.call("x", {})).toEqual({ ok: true, value: ["desktop", true, false] });
  });
});

test("a server started outside tells its output and its end", async () => {
  const output: string[] = [];
  const { engine, post } = stageAsking(async ({ launcher }) => {
    const server = await launcher({ script: "host.js", args: ["--port", "1"], onOutput: (text) => output.push(text) });
    server.send("SIGINT");
    return [server.pid, await server.ended];
  });
  const answer = engine.call("x", {});
  // As soon as it was launched; before that there is nobody to tell.
  await new Promise((resolve) => setTimeout(resolve, 50));
  post({ type: "server_output", serverId: 7, text: "listening" });
  post({ type: "server_output", serverId: 8, text: "of another" });
  post({ type: "server_ended", serverId: 7, code: 0 });
  expect(await answer).toEqual({ ok: true, value: [4242, { code: 0, signal: null }] });
  expect(output).toEqual(["listening"]);
});
