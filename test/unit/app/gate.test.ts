/** The one gate: whatever comes in, a typed answer goes out, and nothing the contract does not name. */
import { describe, expect, it } from "vitest";
import { createGate, type Handlers } from "../../../electron/app/gate.ts";
import { commandNames } from "../../../shared/channels.ts";
import { contract } from "../../../shared/contract.ts";
import { KeeperError } from "../../../shared/errors.ts";

const SECRET = "tok-secret-123";

function gateWith(some: Partial<Handlers>): { call: ReturnType<typeof createGate>; logged: string[] } {
  const logged: string[] = [];
  const log = {
    info: (line: string) => void logged.push(line),
    warn: (line: string) => void logged.push(line),
    error: (line: string, error: unknown) => {
      logged.push(`${line} ${error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)}`);
      return "ref-1";
    },
  };
  const rest = Object.fromEntries(commandNames.map((name) => [name, () => Promise.reject(new Error(`${name} was not expected`))]));
  return { call: createGate({ ...(rest as unknown as Handlers), ...some }, log), logged };
}

describe("the gate", () => {
  it("knows every command of the channels, and no other", () => {
    expect(Object.keys(contract).sort()).toEqual([...commandNames].sort());
  });

  it.each(["site.destroy", "__proto__", "constructor", "toString", ""])("answers the unknown command %j as such", async (command) => {
    const { call } = gateWith({});
    expect(await call(command, {})).toMatchObject({ ok: false, error: { code: "UNKNOWN_COMMAND", hint: expect.any(String) as string } });
  });

  it.each([
    ["nothing", undefined],
    ["a text", "x"],
    ["a list", []],
    ["a member too many", { siteId: "00000000-0000", extra: 1 }],
    ["a path for an id", { siteId: "../../etc/passwd" }],
    ["a prototype", JSON.parse('{"siteId":"00000000-0000","__proto__":{"admin":true}}')],
    ["a constructor", JSON.parse('{"siteId":"00000000-0000","constructor":{"prototype":{}}}')],
  ])("refuses %s before any handler sees it", async (_what, request) => {
    const { call } = gateWith({});
    expect(await call("site.remove", request)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
  });

  it("refuses a path where a token belongs", async () => {
    const { call } = gateWith({});
    const source = { kind: "folder", folder: "/etc" };
    expect(await call("site.add", { name: "a", source, collectionName: "users" })).toMatchObject({ ok: false, error: { code: "BAD_REQUEST" } });
  });

  it("logs a refused request without its values", async () => {
    const { call, logged } = gateWith({});
    await call("site.add", { name: "a", source: { kind: "cloud", apiKey: SECRET, extra: SECRET }, collectionName: 5 });
    expect(logged.join()).toContain("BAD_REQUEST");
    expect(logged.join()).not.toContain(SECRET);
  });

  it("lets through only what the response names", async () => {
    const { call } = gateWith({ "site.remove": () => Promise.resolve({ done: true, password_hash: SECRET }) });
    expect(await call("site.remove", { siteId: "00000000-0000" })).toEqual({ ok: true, value: { done: true } });
  });

  it("turns a response that breaks its own contract into INTERNAL, without a word of it", async () => {
    const { call } = gateWith({ "site.remove": () => Promise.resolve({ done: SECRET } as unknown as { done: true }) });
    const answer = await call("site.remove", { siteId: "00000000-0000" });
    expect(answer).toMatchObject({ ok: false, error: { code: "INTERNAL", ref: "ref-1" } });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it("keeps code, sentence and next step of what a handler throws, and adds where the log tells more", async () => {
    const { call, logged } = gateWith({ "site.remove": () => Promise.reject(new KeeperError("DISK_FULL", "Your disk is full.", { hint: "Free some space.", cause: new Error("ENOSPC") })) });
    expect(await call("site.remove", { siteId: "00000000-0000" })).toEqual({ ok: false, error: { code: "DISK_FULL", message: "Your disk is full.", hint: "Free some space.", retryable: false, ref: "ref-1" } });
    expect(logged).toEqual(["site.remove: DISK_FULL ENOSPC"]);
  });
});
