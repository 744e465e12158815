/** Servers that are not what the owner thinks, and keys that do not fit: each failure by name, with a next step, and nothing written. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { Auth } from "../../electron/engine/chroma/source.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { expectFailure, expectFailures, type ExpectedFailure } from "../support/failures.ts";
import { startFrontProxy, type Fault, type FrontProxy } from "../support/front-proxy.ts";
import { findFreePort, startOtherApi, startTcpServer, startV1Server, startWebsite, type SmallServer } from "../support/loopback.ts";

const READ = /^POST .*\/get$/;

/** A site with accounts and a backup that lacks nobody: both have something to lose. */
async function stageWithBackup(): Promise<CliStage> {
  const stage = await createCliStage();
  await stage.backUp();
  await stage.site.deleteAccounts([[...(await stage.site.read()).keys()][0] ?? ""]);
  return stage;
}

/** Every command that connects, or reads, against `source`: all of them do it by the same code, so once for each kind of failure is enough. */
async function expectEachFails(stage: CliStage, source: readonly string[], expected: ExpectedFailure, moment: "connecting" | "reading" = "connecting"): Promise<void> {
  const others = [
    ["restore", ...source, "--from", stage.vault, "--yes"],
    ["variable", ...source],
    // It reads no account.
    ...(moment === "connecting" ? [["status", ...source]] : []),
  ];
  const kind = `${moment} ${expected.code}`;
  const isNew = !seenFailures.has(kind);
  seenFailures.add(kind);
  await expectFailures(stage, [["backup", ...source, "--out", stage.vault], ...(isNew ? others : [])], expected);
}

const seenFailures = new Set<string>();

async function proxyTo(stage: CliStage, options: Partial<Parameters<typeof startFrontProxy>[0]> = {}): Promise<{ proxy: FrontProxy; source: string[] }> {
  const proxy = await startFrontProxy({ target: inject("chromaUrl"), ...options });
  onTestFinished(async () => await proxy.close());
  return { proxy, source: ["--url", proxy.url, "--collection", stage.site.collectionName] };
}

async function closing(server: Promise<SmallServer>): Promise<string> {
  const started = await server;
  onTestFinished(async () => await started.close());
  return started.url;
}

describe("an address where no ChromaDB is", () => {
  it.each<[string, () => Promise<string> | string, ExpectedFailure]>([
    ["no address", () => "http://not an address", { code: "INVALID_ADDRESS", exitCode: 1, message: "This is not the address of a server.", hint: /looks like https:/ }],
    ["another kind of address", () => "ftp://example.com", { code: "INVALID_ADDRESS", exitCode: 1, message: "This is not the address of a server.", hint: /begin with https:/ }],
    ["nobody listens", async () => `http://127.0.0.1:${await findFreePort()}`, { code: "SERVER_UNREACHABLE", exitCode: 1, message: "Nobody answers at this address.", hint: /^Check the address/ }],
    ["a server before 0.5.16", () => closing(startV1Server()), { code: "CHROMA_TOO_OLD", exitCode: 1, message: "The ChromaDB at this address is too old.", hint: /update it/ }],
    ["the website", () => closing(startWebsite()), { code: "NOT_CHROMA", exitCode: 1, message: "Something answers here, but it is not ChromaDB.", hint: /address of the website/ }],
    ["the website's 404", () => closing(startWebsite(404)), { code: "NOT_CHROMA", exitCode: 1, message: "Something answers here, but it is not ChromaDB.", hint: /address of the website/ }],
    ["another API", () => closing(startOtherApi()), { code: "NOT_CHROMA", exitCode: 1, message: "Something answers here, but it is not ChromaDB.", hint: /address of the website/ }],
    ["something that is no HTTP", () => closing(startTcpServer("220 mail ready\r\n")), { code: "NOT_CHROMA", exitCode: 1, message: "Something answers here, but it is not ChromaDB.", hint: /address of the website/ }],
  ])("%s", async (_name, address, expected) => {
    const stage = await stageWithBackup();
    await expectEachFails(stage, ["--url", await address()], expected);
  });
});

describe("answers that cannot be right", () => {
  const unreadable: ExpectedFailure = { code: "BAD_ANSWER", exitCode: 1, message: "The server's answer was cut off.", hint: /^Nothing was changed by it/ };
  it.each<[string, Fault, ExpectedFailure]>([
    ["cut, with the length announced", { kind: "truncate", share: 0.5, length: "announced" }, unreadable],
    ["cut in chunks", { kind: "truncate", share: 0.5, length: "chunked" }, unreadable],
    ["cut without a trace", { kind: "truncate", share: 0.5, length: "until_close" }, unreadable],
    ["HTML instead of JSON", { kind: "status", status: 200, html: "<h1>Welcome</h1>" }, { code: "NOT_CHROMA", exitCode: 1, message: "Something answers here, but it is not ChromaDB." }],
    ["JSON of another shape", { kind: "status", status: 200, json: { ids: "none" } }, { code: "BAD_ANSWER", exitCode: 1, message: /^The server['']s answer / }],
    ["a mistake of the server", { kind: "status", status: 500, json: { error: "InternalError", message: "secret-detail" } }, { code: "SERVER_FAILED", exitCode: 1, message: "The server made a mistake." }],
  ])("%s", async (_name, fault, expected) => {
    const stage = await stageWithBackup();
    const { proxy, source } = await proxyTo(stage);
    proxy.injectAlways(READ, fault);
    await expectEachFails(stage, source, expected, "reading");
  });
});

describe("what the server refuses", () => {
  it("is said with the server's reason, and without what it quotes of an account", async () => {
    const stage = await stageWithBackup();
    const { proxy, source } = await proxyTo(stage);
    proxy.injectAlways(READ, { kind: "status", status: 422, json: { error: "ChromaError", message: 'no room for string "{\\"password_hash\\":\\"$2b$12$abc\\"}" of ada@example.com\u001b[2J' } });
    await expectFailure(stage, ["backup", ...source, "--out", stage.vault], {
      code: "SERVER_REFUSED",
      exitCode: 1,
      message: "The server does not accept this.",
      hint: "The server says: ChromaError: no room for string … of …. Tell that to whoever built your site.",
    });
  });
});

describe("keys", () => {
  const refused: ExpectedFailure = { code: "KEY_REFUSED", exitCode: 1, message: "The server wants another key.", hint: "Set CHROMA_TOKEN or CHROMA_API_KEY, or name a key file with --auth-file." };
  it.each<[string, Auth, string, string, NodeJS.ProcessEnv]>([
    ["bearer", { kind: "bearer", token: "right-key-1" }, "bearer right-key-1", "bearer wrong-key-1", { CHROMA_TOKEN: "right-key-1" }],
    ["x-chroma-token", { kind: "chroma_token", token: "right-key-2" }, "X-Chroma-Token right-key-2", "bearer right-key-2", { CHROMA_API_KEY: "right-key-2" }],
    ["basic", { kind: "basic", user: "owner", password: "right:key 3" }, "Basic owner:right:key 3", "basic owner:wrong-key-3", {}],
    ["header", { kind: "header", name: "X-Api-Key", value: "right-key-4" }, "# for the proxy\n\nheader X-Api-Key: right-key-4\n", "header X-Api-Key: wrong-key-4", {}],
  ])("%s: the right one works, a wrong one and none are refused", async (_name, guard, right, wrong, env) => {
    const stage = await stageWithBackup();
    const { source } = await proxyTo(stage, { guard });
    await expectEachFails(stage, source, { ...refused, message: "The server wants a key." });
    await expectEachFails(stage, [...source, "--auth-file", await stage.file("wrong-key", wrong)], refused);

    const key = await stage.file("key", right);
    for (const command of [["status"], ["backup", "--out", stage.vault], ["restore", "--from", stage.vault, "--yes"]]) {
      const run = await stage.run([...command, ...source, "--auth-file", key]);
      // 3: the site has fewer accounts than the backup, until they are restored.
      expect(run.code, run.stderr).toBe(command[0] === "backup" ? 3 : 0);
    }
    if (Object.keys(env).length > 0) expect(await stage.run(["status", ...source], { env })).toMatchObject({ code: 0 });
  });

  it("a key file that is none names the forms and connects to nothing", async () => {
    const stage = await stageWithBackup();
    const { proxy, source } = await proxyTo(stage);
    const file = await stage.file("key", "just-the-key\n");
    await expectEachFails(stage, [...source, "--auth-file", file], { code: "USAGE", exitCode: 2, message: /^The key file .*key is not written as we need it\.$/, hint: /bearer TOKEN/ });
    await expectEachFails(stage, [...source, "--auth-file", `${file}-missing`], { code: "FILE_UNREADABLE", exitCode: 1, message: /^We cannot read the key file/ });
    expect(proxy.requests).toEqual([]);
  });
});

describe("names", () => {
  it("a missing collection, tenant or database", async () => {
    const stage = await stageWithBackup();
    const url = ["--url", stage.site.site];
    const missing: ExpectedFailure = { code: "COLLECTION_NOT_FOUND", exitCode: 10, message: 'There is no collection named "nobody" on your site.' };
    await expectFailure(stage, ["backup", ...url, "--collection", "nobody", "--out", `${stage.folder}/new`], { ...missing, hint: /give it with --collection/ });
    await expectFailure(stage, ["backup", ...url, "--collection", "nobody", "--out", stage.vault], { ...missing, hint: /may have been wiped\. The newest backup holds 3 accounts/ });
    await expectFailure(stage, ["variable", ...url, "--collection", "nobody"], missing);
    const commands = [["backup", "--out", stage.vault], ["status"], ["variable"]];
    const linesFor = (...names: string[]): string[][] => commands.map((command) => [...command, ...url, ...names]);
    await expectFailures(stage, linesFor("--tenant", "nobody"), { code: "TENANT_NOT_FOUND", exitCode: 1, message: "The server does not know this tenant.", hint: /default_tenant/ });
    await expectFailures(stage, linesFor("--database", "nobody"), { code: "DATABASE_NOT_FOUND", exitCode: 1, message: "The server does not know this database.", hint: /default_database/ });
  });
});
