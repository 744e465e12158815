/** Keys: sealed by a keychain, in the open only by the owner's word, else in memory. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Keychain } from "../../../electron/app/ports.ts";
import { createPathTokens } from "../../../electron/app/path-tokens.ts";
import { openSecretStore } from "../../../electron/app/sites/secret-store.ts";

const SECRET = "three little words";

function keychain(isSafe: boolean): Keychain {
  return {
    isSafe: () => Promise.resolve(isSafe),
    seal: (text) => Promise.resolve(Buffer.from(text).reverse().toString("hex")),
    open: (sealed) => (sealed.length % 2 === 0 ? Promise.resolve(Buffer.from(sealed, "hex").reverse().toString()) : Promise.reject(new Error("not ours"))),
  };
}

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-secrets-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

const onDisk = async (folder: string): Promise<string> => await readFile(join(folder, "secrets.json"), "utf8").catch(() => "");

describe("a secret", () => {
  it("is sealed where there is a keychain, and comes back after a restart", async () => {
    const folder = await dataFolder();
    const store = await openSecretStore(folder, keychain(true));
    await store.set("a.key", SECRET, { keepUnprotected: false });
    expect(await onDisk(folder)).not.toContain(SECRET);
    const again = await openSecretStore(folder, keychain(true));
    expect([await again.protection(), again.has("a.key"), await again.get("a.key")]).toEqual(["keychain", true, SECRET]);
    await again.remove("a.key");
    expect([again.has("a.key"), await again.get("a.key"), await onDisk(folder)]).toEqual([false, undefined, expect.not.stringContaining("a.key")]);
  });

  it("stays in memory where a keychain would only scramble, unless the owner says otherwise", async () => {
    const folder = await dataFolder();
    const store = await openSecretStore(folder, keychain(false));
    await store.set("a.key", SECRET, { keepUnprotected: false });
    expect([await store.protection(), await store.get("a.key"), await onDisk(folder)]).toEqual(["plain", SECRET, ""]);
    await store.set("a.key", SECRET, { keepUnprotected: true });
    expect(await (await openSecretStore(folder, keychain(false))).get("a.key")).toBe(SECRET);
    // Taken back, it is gone from the disk.
    await store.set("a.key", SECRET, { keepUnprotected: false });
    expect(await onDisk(folder)).not.toContain(SECRET);
  });

  it("is never on disk without a keychain, whatever is asked", async () => {
    const folder = await dataFolder();
    const store = await openSecretStore(folder, null);
    await store.set("a.key", SECRET, { keepUnprotected: true });
    expect([await store.protection(), await store.get("a.key"), await onDisk(folder)]).toEqual(["memory", SECRET, ""]);
  });

  it("that cannot be opened any more is asked for, and not thrown away", async () => {
    const folder = await dataFolder();
    await (await openSecretStore(folder, keychain(true))).set("a.key", SECRET, { keepUnprotected: false });
    const changed: Keychain = { ...keychain(true), open: () => Promise.reject(new Error("another keychain")) };
    expect(await (await openSecretStore(folder, changed)).get("a.key")).toBeUndefined();
    expect(await (await openSecretStore(folder, keychain(true))).get("a.key")).toBe(SECRET);
  });
});

describe("a path token", () => {
  it("opens what it was given for, and nothing else", () => {
    const tokens = createPathTokens();
    const token = tokens.give("/home/ada/backups", "vault");
    expect(token).toMatch(/^path_[A-Za-z0-9_-]{22}$/);
    expect(tokens.pathOf(token, "vault")).toBe("/home/ada/backups");
    expect(() => tokens.pathOf(token, "data_folder")).toThrow(expect.objectContaining({ code: "TOKEN_UNKNOWN" }));
    expect(() => tokens.pathOf("/home/ada/backups", "vault")).toThrow(expect.objectContaining({ code: "TOKEN_UNKNOWN" }));
    expect(tokens.pathOf(tokens.give("/home/ada", "browse"), "data_folder")).toBe("/home/ada");
  });
});
