/** What a backend written in JavaScript may get wrong: each answers as every failure does, and says which option it is. */
import { describe, expect, it, vi } from "vitest";
import { persistAccounts, type PersistedAccounts } from "../../electron/engine/persist-accounts.ts";

const server = { kind: "server", url: "http://127.0.0.1:1" };

/** As JavaScript calls it: nobody checks before. */
function persist(options: unknown): PersistedAccounts {
  return Reflect.apply(persistAccounts, undefined, [options]) as PersistedAccounts;
}

describe("options that cannot be used", () => {
  it.each<[string, unknown, string, RegExp]>([
    ["an address that is not set", { source: { kind: "server", url: undefined }, folder: "backups" }, "The address of the server is missing.", /^Is CHROMA_URL set\?.*source\.url/],
    ["a key that is not set", { source: { kind: "cloud" }, folder: "backups" }, "The key for Chroma Cloud is missing.", /^Is CHROMA_API_KEY set\?.*source\.apiKey/],
    ["another key that is not set", { source: { ...server, auth: { kind: "bearer", token: undefined } }, folder: "backups" }, "The option source.auth.token is missing.", /set/],
    ["no folder", { source: server }, "The folder for the backups is missing.", /folder/],
    ["an empty folder", { source: server, folder: "" }, "The folder for the backups is missing.", /folder/],
    ["no source", { folder: "backups" }, "It is not said where the accounts are.", /source/],
    ["a data folder", { source: { kind: "folder", path: "chroma_db" }, folder: "backups" }, "The source has to be a server or Chroma Cloud.", /"server" or "cloud".*--on-startup --folder/],
    ["a key of an unknown kind", { source: { ...server, auth: { kind: "magic" } }, folder: "backups" }, "The option source.auth.kind is none that we know.", /bearer/],
    ["an unknown option", { source: server, folder: "backups", collection: "people" }, "There is no option collection.", /collectionName/],
    ["an unknown option of the source", { source: { ...server, token: "s3cret" }, folder: "backups" }, "There is no option source.token.", /spelled/],
    ["a number", { source: server, folder: "backups", collectionName: 7 }, "The option collectionName has to be a text.", /\S/],
    ["a log that is none", { source: server, folder: "backups", log: "console" }, "The option log has to be a function.", /\S/],
    ["a collection that is not set", { source: server, folder: "backups", collectionName: "" }, "The option collectionName is missing.", /set/],
    ["an address in the place of the options", "http://localhost:8000", "The options have to be an object.", /\S/],
    ["none at all", undefined, "The options are missing.", /source.*folder/],
  ])("%s", async (_name, options, message, hint) => {
    const log = vi.spyOn(console, "log").mockReturnValue(undefined);
    const accounts = persist(options);
    for (const result of [await accounts.backup(), await accounts.restoreOnStartup(), await accounts.status()]) {
      expect(result).toEqual({ ok: false, error: { code: "USAGE", message, hint: expect.stringMatching(hint) as string, retryable: false } });
    }
    expect(log.mock.calls).toEqual([[`❌ Failed to backup users: ${message}`], [`❌ Failed to restore users from backup: ${message}`]]);
  });

  it("are said to the log that was given", async () => {
    const lines: string[] = [];
    await persist({ folder: "backups", log: (line: string) => lines.push(line) }).backup();
    expect(lines).toEqual(["❌ Failed to backup users: It is not said where the accounts are."]);
  });
});

describe("options that can be used", () => {
  it("may be there and undefined, as variables of the environment that are not set", async () => {
    const accounts = persist({ source: { ...server, tenant: undefined, auth: undefined }, folder: "backups", collectionName: undefined, passphrase: undefined, variable: undefined, log: undefined });
    // Nobody listens there: it was asked.
    expect(await accounts.status()).toMatchObject({ ok: false, error: { code: "SERVER_UNREACHABLE" } });
  });
});
