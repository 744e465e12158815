/** Window, command line and library on one vault and one site at the same time: nobody gets in another's way, nothing is lost. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { runCli, startCli, type CliEnd, type CliProcess } from "../support/cli-process.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { runModule } from "../support/processes.ts";

const library = new URL("../../dist/electron/engine/index.js", import.meta.url).href;
const DAY = 24 * 60 * 60_000;
const people = sampleAccounts(40);
const ids = people.map(({ id }) => id);

/** Resolves when the process has said it; fails when it ends first. */
async function untilSaid({ child, ended }: CliProcess, words: RegExp): Promise<void> {
  let said = "";
  const heard = new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (words.test(said)) resolve();
    });
  });
  const end = await Promise.race([heard, ended]);
  if (end !== undefined) throw new Error(`It never said ${String(words)}, but: ${end.stdout} ${end.stderr}`);
}

function startWatch(stage: CliStage): CliProcess {
  return startCli(["watch", ...stage.source, "--out", stage.vault, "--interval", "1", "--no-rehearse"], { temporary: stage.temporary, env: stage.env });
}

/** A backend after a registration. Exit code 0: backed up, 11: busy. */
function startLibrary({ site, vault, temporary }: CliStage): Promise<{ code: number | null; stderr: string }> {
  const options = { source: { kind: "server", url: site.site }, collectionName: site.collectionName, folder: vault };
  const child = runModule(
    `import { persistAccounts } from ${JSON.stringify(library)};
    const result = await persistAccounts({ ...${JSON.stringify(options)}, log: () => undefined }).backup();
    if (!result.ok) console.error(JSON.stringify(result.error));
    process.exitCode = result.ok ? 0 : result.error.code === "BUSY" ? 11 : 1;`,
    { TMPDIR: temporary },
  );
  return child.ended();
}

/** Eight at once. Returns how those ended that end by themselves, when all of them have. */
async function runEight(stage: CliStage): Promise<Record<string, readonly [number | null, string]>> {
  const { source, vault } = stage;
  const watcher = startWatch(stage);
  const commands: Record<string, Promise<Pick<CliEnd, "code" | "stderr">>> = {
    backup: stage.run(["backup", ...source, "--out", vault]),
    "backup again": stage.run(["backup", ...source, "--out", vault]),
    prune: stage.run(["prune", vault, "--yes"]),
    restore: stage.run(["restore", ...source, "--from", vault, "--yes"]),
    list: stage.run(["list", vault]),
    library: startLibrary(stage),
    "library again": startLibrary(stage),
  };
  const ends = await Promise.all(Object.entries(commands).map(async ([name, command]) => [name, await command] as const));
  // It may still be at what the others left for it to do.
  await untilAllAreBack(stage);
  watcher.child.kill("SIGTERM");
  const watched = await watcher.ended;
  return Object.fromEntries([...ends, ["watch", watched] as const].map(([name, { code, stderr }]) => [name, [code, stderr]]));
}

async function untilAllAreBack({ site, vault }: CliStage): Promise<void> {
  await expect
    .poll(async () => {
      const { newest } = await (await openVault(vault)).newestGood();
      return [(await site.connection.findCollection(site.collectionName)) === null ? 0 : (await site.read()).size, newest?.verified.accountCount, newest?.verified.chroma?.collection.id];
    }, { timeout: 90_000, interval: 100 })
    .toEqual([expectedOnSite, expectedOnSite, expect.anything()]);
}

let expectedOnSite = 0;

function hiddenIn(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /(?:^|[/\\])\.account-keeper/.test(name)));
}

describe("eight processes on one vault", () => {
  it("end well or say that another is at work, and lose nobody: sign-ups, deletions, a wipe", async () => {
    const stage = await createCliStage(people.slice(0, 20));
    const { site, vault } = stage;
    // Something for prune: three of one day, long ago.
    for (const [index, hour] of [1, 2, 3].entries()) {
      await site.add(people.slice(0, 20 + index));
      await backupSite({ ...site, now: () => new Date(Date.now() - 20 * DAY + hour * 60_000) });
    }
    const old = (await (await openVault(vault)).list()).length;

    const rounds: readonly [string, () => Promise<void>, number][] = [
      ["sign-ups", async () => await site.add(people.slice(22, 30)), 30],
      ["deletions", async () => await site.deleteAccounts(ids.slice(0, 5)), 30],
      ["a wipe and sign-ups", async () => {
        await site.wipe();
        await site.create();
        await site.add(people.slice(30));
      }, 40],
    ];
    for (const [round, happen, afterwards] of rounds) {
      await happen();
      expectedOnSite = afterwards;
      const { watch, list, ...others } = await runEight(stage);
      expect(watch?.[0], `${round}: watch ${String(watch?.[1])}`).toBe(130);
      expect(list?.[0], `${round}: list ${String(list?.[1])}`).toBe(0);
      for (const [name, [code, stderr]] of Object.entries(others)) {
        // 3: a backup of a site that was short at that moment is kept apart, and says so.
        const good = name.startsWith("backup") ? [0, 3, 11] : [0, 11];
        expect(good, `${round}: ${name} ended with ${String(code)} ${stderr}`).toContain(code);
      }
      expect([...(await site.read()).keys()].sort(), round).toEqual(ids.slice(0, afterwards).sort());
      const entries = await (await openVault(vault)).list();
      for (const { path } of entries) await verifyBackup({ path });
      expect(hiddenIn(vault, stage.temporary), round).toEqual([]);
    }
    const left = await (await openVault(vault)).list();
    expect(left.filter(({ timestamp }) => Date.now() - (timestamp?.getTime() ?? 0) > DAY).length).toBeLessThan(old);
  });

  it("take over the locks of one that was killed", async () => {
    const stage = await createCliStage(people.slice(0, 3));
    const { site, vault, temporary, env } = stage;
    const proxy = await startFrontProxy({ target: inject("chromaUrl") });
    const held = proxy.pause(/\/get$/, 0);
    const { child, ended } = startCli(["backup", "--url", proxy.url, "--collection", site.collectionName, "--out", vault], { temporary, env });
    await held.reached;
    child.kill("SIGKILL");
    await ended;
    await proxy.close();
    expect(hiddenIn(vault)).toContain(".account-keeper.lock");
    const next = await runCli(["backup", ...stage.source, "--out", vault], { temporary, env });
    expect(next).toMatchObject({ code: 0 });
    expect(hiddenIn(vault)).toEqual([]);
  });
});

describe("two watchers on one vault", () => {
  it("one works on, the other says so and ends with 11", async () => {
    const stage = await createCliStage(people.slice(0, 3));
    const first = startWatch(stage);
    await untilSaid(first, /All 3 accounts are safe/);
    const second = await startWatch(stage).ended;
    expect(second).toMatchObject({ code: 11 });
    expect(second.stderr).toContain("Another Account Keeper is watching this site.");
    await stage.site.add(people.slice(0, 4));
    await untilSaid(first, /All 4 accounts are safe/);
    first.child.kill("SIGTERM");
    await once(first.child, "close");
    expect(await first.ended).toMatchObject({ code: 130 });
    expect(hiddenIn(stage.vault)).toEqual([]);
    expect(readdirSync(join(stage.vault)).filter((name) => name.startsWith("user_backup_"))).toHaveLength(2);
  });
});
