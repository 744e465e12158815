/** Names that would steer a terminal or forge a line, through every command that reads backups and no server. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { recordActivity } from "../../../electron/engine/activity/activity-log.ts";
import { persistAccounts } from "../../../electron/engine/persist-accounts.ts";
import { accounts, info, makeBackup, tempFolder } from "../backup/make-backup.ts";
import { createFakeHost, run, type CliRun } from "../cli/fake-host.ts";

const FORGED = "✅ Backed up 900 users for persistence";
/** Clears the screen, sets the title, turns the direction, hides what follows, begins a new line. */
const EVIL = `x\x1b[2J\x1b]0;owned\x07\u009b31m\u202egnp\u2066\u200b\u00ad\u{e0041}\r\n${FORGED}\n`;
const STEERING = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

function expectHarmless({ out, err }: CliRun): void {
  const text = out + err;
  expect(STEERING.exec(text)).toBeNull();
  expect(text.split("\n").filter((line) => line.startsWith(FORGED))).toEqual([]);
  expect(text).not.toContain("INTERNAL");
}

/** A backup every name of which is hostile. */
async function hostileBackup(folder: string, day: number): Promise<string> {
  const chroma = info().chroma;
  const { tempPath } = await makeBackup(folder, [...accounts(2), { id: EVIL, document: `{"user_id":${JSON.stringify(EVIL)},"email":${JSON.stringify(EVIL)},${JSON.stringify(EVIL)}:1}`, metadata: null, uri: EVIL, embedding: null }, { id: `${EVIL}2`, document: EVIL, metadata: null, uri: null, embedding: null }], {
    site: EVIL,
    madeBy: EVIL,
    chroma: { ...chroma, tenant: EVIL, database: EVIL, collection: { ...chroma.collection, name: EVIL } },
    fewerThan: { backup: EVIL, accounts: 9, missing: 7 },
    timestamp: new Date(2026, 10, day),
  });
  return tempPath;
}

describe.skipIf(process.platform === "win32")("the command line", () => {
  let vault = "";
  let hostile = "";
  let broken = "";

  // One folder for all: nothing here changes it.
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
    vault = join(folder, `vault ${EVIL}`);
    await mkdir(join(vault, "short"), { recursive: true });
    hostile = join(vault, `user_backup_${EVIL}.json`);
    await rename(await hostileBackup(vault, 20), hostile);
    await rename(await hostileBackup(vault, 21), join(vault, "short", `user_backup_${EVIL}.json`));
    broken = join(vault, "user_backup_broken.json");
    await writeFile(broken, JSON.stringify([{ user_id: EVIL, email: "a@example.com" }, { user_id: EVIL, email: "b@example.com" }]));
    await writeFile(join(vault, "user_backup_no_mail.json"), JSON.stringify([{ user_id: EVIL }]));
    await symlink(join(vault, "nowhere"), join(vault, `user_backup_link${EVIL}.json`));
    await recordActivity(vault, { at: "2026-11-23T10:15:00.123Z", kind: "failed", level: "problem", site: EVIL, message: EVIL, hint: EVIL, line: EVIL, ids: [EVIL] });
    return async () => await rm(folder, { recursive: true, force: true });
  });

  it.each<[string, () => readonly string[]]>([
    ["list", () => ["list", vault]],
    ["verify, a folder", () => ["verify", vault]],
    ["verify, a file", () => ["verify", hostile]],
    ["verify, a broken file", () => ["verify", broken]],
    ["inspect", () => ["inspect", hostile]],
    ["inspect, a broken file", () => ["inspect", broken]],
    ["prune", () => ["prune", vault, "--dry-run"]],
    ["diff", () => ["diff", "--from", hostile, "--with", broken]],
    ["diff of a folder", () => ["diff", "--from", vault, "--with", hostile]],
    ["restore, nothing there", () => ["restore", "--url", "http://127.0.0.1:1", "--from", join(vault, EVIL)]],
    ["variable of a file", () => ["variable", "--from", hostile]],
    ["an address", () => ["status", "--url", `http://${EVIL}`]],
    ["a key file", () => ["status", "--url", "http://127.0.0.1:1", "--auth-file", join(vault, EVIL)]],
    ["an unknown option", () => ["list", vault, `--${EVIL}`]],
    ["an unknown command", () => [EVIL]],
  ])("%s", async (_, argv) => {
    for (const flags of [[], ["--json"]]) {
      const result = await run([...argv(), ...flags], commands, createFakeHost());
      expect(result.out + result.err).not.toBe("");
      expectHarmless(result);
    }
  });

  it("a piped variable with such ids", async () => {
    const stdin = Buffer.from(JSON.stringify([{ user_id: EVIL, email: EVIL }])).toString("base64");
    const result = await run(["inspect", "-"], commands, createFakeHost({ stdin }));
    expect(result.out).toContain("Ids: x[2J");
    expectHarmless(result);
  });

  it("the lines for a backend's own log", async () => {
    const lines: string[] = [];
    const folder = await tempFolder();
    await persistAccounts({ source: { kind: "server", url: `http://${EVIL}`, auth: { kind: "none" } }, folder, log: (line) => lines.push(line) }).restoreOnStartup();
    expect(lines).toHaveLength(1);
    expectHarmless({ exitCode: 0, out: lines.join("\n"), err: "" });
  });
});
