/** `account-keeper watch` as a process, as somebody leaves it running: what it says, does, and how it ends. */
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { startCli, type CliEnd } from "../support/cli-process.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startFrontProxy } from "../support/front-proxy.ts";

interface Watching {
  /** Resolves when it has said this, from the beginning on. */
  says(pattern: RegExp): Promise<void>;
  interrupt(signal?: NodeJS.Signals): Promise<CliEnd>;
}

function startWatching(stage: CliStage, ...more: string[]): Watching {
  const args = ["watch", ...stage.source, "--out", stage.vault, "--interval", "1", "--no-rehearse", ...more];
  const { child, ended } = startCli(args, { temporary: stage.temporary, env: stage.env });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return {
    async says(pattern) {
      while (!pattern.test(said)) {
        const end = await Promise.race([ended, child.stdout === null ? ended : once(child.stdout, "data")]);
        if (!Array.isArray(end)) throw new Error(`It ended without saying ${String(pattern)}: ${JSON.stringify(end)}`);
      }
    },
    async interrupt(signal = "SIGINT") {
      child.kill(signal);
      return await ended;
    },
  };
}

/** Lines without the time they begin with. */
const linesOf = ({ stdout }: CliEnd): string[] => stdout.trimEnd().split("\n").map((line) => line.replace(/^\d+ \w+ \d{4}, \d\d:\d\d {2}/, ""));

describe("account-keeper watch", () => {
  it("says what it does, backs up who signs up, brings everyone back after a wipe, and ends with Ctrl+C", async () => {
    const stage = await createCliStage([]);
    const watching = startWatching(stage);
    await watching.says(/Backups go to/);
    await stage.site.add(sampleAccounts(3));
    await watching.says(/All 3 accounts are safe/);
    await stage.site.wipe();
    await watching.says(/All 3 accounts are back[^]*All 3 accounts are safe/);
    expect([...(await stage.site.read()).keys()].sort()).toEqual(sampleAccounts(3).map(({ id }) => id).sort());
    const end = await watching.interrupt();
    expect(end).toMatchObject({ code: 130, stderr: "" });
    const [entry] = await (await openVault(stage.vault)).list({ shelf: "normal" });
    const name = entry?.name ?? "";
    expect(linesOf(end)).toEqual([
      `Watching ${stage.site.site}, every second. Ctrl+C ends it.`,
      `Backups go to ${stage.vault}. After a wipe we bring everyone back by ourselves.`,
      `All 3 accounts are safe in ${name}.`,
      "  ✅ Backed up 3 users for persistence",
      "Your site was wiped. All 3 accounts are back; it now has 3.",
      "  ✅ Restored 3 users from backup",
      "  Its disk was emptied, most likely by a redeploy. Everyone can sign in as before. Nothing is left to do.",
      `All 3 accounts are safe in ${name}.`,
      "  ✅ Backed up 3 users for persistence",
      "Stopped watching.",
    ]);
    expect((await readActivity(stage.vault, 10)).map(({ kind }) => kind)).toEqual(["backed_up", "restored", "backed_up"]);
    // No lock is left: the next one begins at once.
    await expect(stat(join(stage.vault, ".account-keeper-watch.lock"))).rejects.toThrow("ENOENT");
  });

  it("--no-restore only says that the site was wiped", async () => {
    const stage = await createCliStage(sampleAccounts(2));
    const watching = startWatching(stage, "--no-restore");
    await watching.says(/After a wipe we only say so\.[^]*All 2 accounts are safe/);
    await stage.site.wipe();
    await watching.says(/Your site was wiped\. 2 accounts can come back\.\n.*Until then your customers cannot sign in\. Automatic restore is off: bring them back with "account-keeper restore"\.\n/);
    const end = await watching.interrupt("SIGTERM");
    expect(end).toMatchObject({ code: 130, stderr: "" });
    expect(end.stdout).not.toContain("Restored");
    expect((await stage.state()).site).toBeNull();
  });

  it("asks about deletions and brings nobody back", async () => {
    const stage = await createCliStage(sampleAccounts(3));
    const watching = startWatching(stage);
    await watching.says(/All 3 accounts are safe/);
    await stage.site.deleteAccounts(sampleAccounts(1).map(({ id }) => id));
    await watching.says(/1 account is gone from your site, the other 2 are there\.[^]*A backup of 2 accounts was kept apart: 1 account of user_backup_\d{8}\.json is missing\./);
    expect((await watching.interrupt()).code).toBe(130);
    expect((await stage.site.read()).size).toBe(2);
  });

  it("with --json says one object a line, as it happens, and nothing else", async () => {
    const stage = await createCliStage(sampleAccounts(2));
    const watching = startWatching(stage, "--json");
    await watching.says(/"backed_up"/);
    const end = await watching.interrupt();
    expect(end).toMatchObject({ code: 130, stderr: "" });
    const lines = end.stdout.trimEnd().split("\n").map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([{ ok: true, activity: { kind: "backed_up", level: "info", site: stage.site.site, line: "✅ Backed up 2 users for persistence" } }, { ok: true, outcome: "stopped" }]);
  });

  it("a second one says at once that it waits for the first, and ends with 11", async () => {
    const stage = await createCliStage(sampleAccounts(2));
    const first = startWatching(stage);
    await first.says(/are safe/);
    const { child, ended } = startCli(["watch", ...stage.source, "--out", stage.vault], { temporary: stage.temporary, env: stage.env });
    const waiting = "Another Account Keeper is watching this site. We wait a moment for it to end.\n";
    expect(child.stderr === null ? null : String(await once(child.stderr, "data"))).toBe(waiting);
    expect(child.exitCode).toBeNull();
    const second = await ended;
    expect(second).toMatchObject({ code: 11, stdout: "", stderr: `${waiting}Another Account Keeper is watching this site.\nIt does the same as this one would. To watch here, end the other one first.\n` });
    // Writing is free all the while.
    await stage.site.add(sampleAccounts(4).slice(2));
    await first.says(/All 4 accounts are safe/);
    expect((await first.interrupt()).code).toBe(130);
  });

  it("says where to give another key when the server begins to want one", async () => {
    const stage = await createCliStage(sampleAccounts(2));
    const proxy = await startFrontProxy({ target: stage.site.site });
    const watching = startWatching({ ...stage, source: ["--url", proxy.url, "--collection", stage.site.collectionName] });
    await watching.says(/All 2 accounts are safe/);
    proxy.injectAlways(/./, { kind: "status", status: 401, html: "<h1>Unauthorized</h1>" });
    await watching.says(/The server wants a key\.\n[^]*Set CHROMA_TOKEN or CHROMA_API_KEY, or name a key file with --auth-file\.\n/);
    expect((await watching.interrupt()).stdout).not.toContain("Enter the key");
    await proxy.close();
  });

  it("refuses a data folder, a missing --out, an interval that is none, and an address that is none", async () => {
    const stage = await createCliStage([]);
    const refused = async (...args: string[]): Promise<CliEnd> => await stage.run(["watch", ...args]);
    const [folder, out, interval, address] = await Promise.all([
      refused("--folder", stage.folder, "--out", stage.vault),
      refused(...stage.source),
      refused(...stage.source, "--out", stage.vault, "--interval", "0"),
      refused("--url", "ftp://example.com", "--out", stage.vault),
    ]);
    expect(folder).toMatchObject({ code: 2, stdout: "", stderr: "A data folder cannot be watched: it would be copied at every look.\nName your site's ChromaDB server with --url, or back the folder up with account-keeper backup.\n" });
    expect(out).toMatchObject({ code: 2, stderr: "--out is missing.\nSee account-keeper watch --help.\n" });
    expect(interval).toMatchObject({ code: 2, stdout: "" });
    expect(address).toMatchObject({ code: 1, stdout: "" });
    expect(address.stderr).toContain("This is not the address of a server.");
    expect((await stage.state()).vault).toEqual({});
  });
});
