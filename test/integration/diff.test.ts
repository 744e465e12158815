/** What has changed between live site, backup and variable: through the command line, on a real server. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../electron/cli/commands/index.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { asOf, bjorn, chidi, cli, dolores, NEW_HASH, newSite, people, sourceOf, withPassword } from "../support/diff-stage.ts";
import { oddAccounts } from "../support/odd-accounts.ts";
import { temporaryFolder, type TestSite } from "../support/site.ts";
import { createFakeHost, run } from "../unit/cli/fake-host.ts";

/** The three kinds of a backup, of what is on the site now. */
async function keep(site: TestSite): Promise<{ own: string; foreign: string; variable: string }> {
  const folder = await temporaryFolder();
  const own = await backupSite({ ...site, folder });
  const documents = [...(await site.read()).values()].map(({ document }) => JSON.parse(document ?? "null") as unknown);
  const foreign = join(await temporaryFolder(), "user_backup_20261101.json");
  // As Python's json.dump(indent=2, ensure_ascii=True) spells it.
  const text = JSON.stringify({ backup_timestamp: "2026-11-01T08:00:00", user_count: documents.length, users: documents }, null, 2);
  await writeFile(foreign, text.replace(/[^ -~\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`));
  const variable = join(await temporaryFolder(), "variable.txt");
  await writeFile(variable, (await variableOfSite(site)).value);
  return { own: own.path, foreign, variable };
}

describe("account-keeper diff", () => {
  it("finds the same between every two kinds, and shows no value", async () => {
    const site = await newSite();
    const before = await keep(site);
    const live = sourceOf(site);
    for (const from of Object.values(before)) {
      for (const to of [live, ...Object.values(before).map((path) => ["--with", path])]) {
        const { exitCode, out, err } = await cli(["diff", "--from", from, ...to]);
        expect({ exitCode, err }, `${from} ${to.join(" ")}`).toEqual({ exitCode: 0, err: "" });
        expect(out).toMatch(/^Nothing has changed since that (?:backup|variable): 5 accounts, all the same\.$/m);
      }
    }

    await site.deleteAccounts([chidi ?? "", dolores ?? ""]);
    await site.add([withPassword(people[1]), asOf(people[2], "chidi-again"), asOf(people[4], "newcomer", "new@example.com")]);
    const after = await keep(site);
    const secrets = [...people.map(({ document }) => document), ...(await site.read()).values()].flatMap((one) =>
      [...JSON.stringify(one).matchAll(/\$2b\$12\$[^"\\]+|[\w.]+@example\.com/g)].map(([found]) => found),
    );
    expect(secrets).toContain(NEW_HASH);
    for (const from of Object.values(before)) {
      for (const to of [live, ...Object.values(after).map((path) => ["--with", path])]) {
        const title = `${from} ${to.join(" ")}`;
        const people = await cli(["diff", "--from", from, ...to]);
        const machine = await cli(["diff", "--from", from, ...to, "--json"]);
        expect([people.exitCode, machine.exitCode, people.err, machine.err], title).toEqual([3, 3, "", ""]);
        const kind = from === before.variable ? "variable" : "backup";
        expect(people.out.split("\n").slice(1, 8), title).toEqual([
          `1 added · 1 changed · 1 missing since that ${kind}.`,
          "Added: newcomer.",
          "Changed:",
          `  ${bjorn ?? ""}: password`,
          `Missing: ${dolores ?? ""}.`,
          "Signed up again under another id:",
          `  ${chidi ?? ""}, now chidi-again`,
        ]);
        const everything = from === before.own && (to === live || to[1] === after.own);
        expect(people.out.includes("Only the accounts themselves were compared"), title).toBe(!everything);
        expect(machine.json(), title).toMatchObject({
          ok: true,
          same: false,
          compared: everything ? "everything" : "accounts",
          counts: { added: 1, changed: 1, missing: 1, signed_up_again: 1, same: 2 },
          added: ["newcomer"],
          changed: [{ id: bjorn, fields: ["password"] }],
          missing: [dolores],
          signed_up_again: [{ missing_id: chidi, present_id: "chidi-again" }],
        });
        for (const secret of secrets) expect(people.out + machine.out, title).not.toContain(secret);
      }
    }
  });

  it("compares odd records with the site as equal, and names the fields of each that changes", async () => {
    const site = await newSite(oddAccounts);
    const { path } = await backupSite(site);
    expect((await cli(["diff", "--from", path, ...sourceOf(site)])).exitCode).toBe(0);
    const one = (id: string, rest: Partial<WritableRecord>): WritableRecord => {
      const found = oddAccounts.find((record) => record.id === id);
      if (found === undefined) throw new Error(id);
      return { ...found, ...rest };
    };
    await site.add([
      one("floats", { metadata: '{"score":1,"ratio":0.1}' }),
      one("uri", { uri: "https://example.com/other.png" }),
      one("not-json", { document: "Dear diary" }),
      one("spaced", { document: '{"user_id":"spaced","email":"spaced@example.com","x":1.0}' }),
      one("proto", { document: '{"user_id":"proto","email":"p@example.com","__proto__":{"admin":false},"constructor":1}' }),
      one("twice", { metadata: '{"__proto__":"z"}' }),
    ]);
    const { json, exitCode } = await cli(["diff", "--from", path, ...sourceOf(site), "--json"]);
    expect(exitCode).toBe(3);
    const answer = json() as { changed: { id: string; fields: string[] }[] };
    expect(answer).toMatchObject({ added: [], missing: [], counts: { changed: 6, same: oddAccounts.length - 6 } });
    expect(Object.fromEntries(answer.changed.map(({ id, fields }) => [id, fields]))).toEqual({
      floats: ["metadata: score"],
      uri: ["uri"],
      "not-json": ["document"],
      spaced: ["spelling"],
      proto: ["__proto__", "constructor"],
      twice: ["metadata: __proto__"],
    });
  });

  it("says that everyone is missing from a wiped site, and that it is the collection that is gone", async () => {
    const site = await newSite();
    await backupSite(site);
    await site.wipe();
    const { exitCode, out } = await cli(["diff", "--from", site.folder, ...sourceOf(site)]);
    expect(exitCode).toBe(3);
    expect(out).toContain(`There is no collection named "${site.collectionName}" on your site.\n`);
    expect(out).toContain("0 added · 0 changed · 5 missing since that backup.\n");
  });

  it("lists the first ten and counts the rest", async () => {
    const site = await newSite(sampleAccounts(25));
    await backupSite(site);
    await site.add(sampleAccounts(12).map((record) => withPassword(record)));
    await site.deleteAccounts(sampleAccounts(25).slice(12).map(({ id }) => id));
    const { out } = await cli(["diff", "--from", site.folder, ...sourceOf(site)]);
    expect(out).toContain("0 added · 12 changed · 13 missing since that backup.\n");
    expect(out.match(/: password$/gm)).toHaveLength(10);
    expect(out).toContain("\n  and 2 more\n");
    expect(out).toMatch(/^Missing: (?:user_\w+, ){9}user_\w+ and 3 more\.$/m);
  });

  it("ends as every command does when it cannot compare", async () => {
    const site = await newSite();
    const value = (await variableOfSite(site)).value;
    const file = join(await temporaryFolder(), "note.json");
    await writeFile(file, '{"dear":"diary"}');
    const cases: [string[], number, string][] = [
      [["--from", site.folder, ...sourceOf(site)], 10, "BACKUP_NOT_FOUND"],
      [["--from", "variable", ...sourceOf(site)], 10, "VARIABLE_NOT_SET"],
      [["--from", file, ...sourceOf(site)], 1, "NOT_A_BACKUP"],
      [["--from", "-", "--with", "-"], 2, "USAGE"],
      [["--from", file, "--with", file, "--url", site.site], 2, "USAGE"],
      [["--from", file], 1, "NOT_A_BACKUP"],
      [sourceOf(site), 2, "USAGE"],
    ];
    for (const [args, exitCode, code] of cases) {
      const ended = await cli(["diff", ...args, "--json"]);
      expect(ended, args.join(" ")).toMatchObject({ exitCode, err: "" });
      expect(ended.json()).toMatchObject({ ok: false, error: { code } });
    }
    expect((await cli(["diff", "--from", "variable", ...sourceOf(site)], { USER_BACKUP_DATA: value })).exitCode).toBe(0);
    const piped = createFakeHost({ stdin: value });
    expect((await run(["diff", "--from", "-", ...sourceOf(site)], commands, piped)).exitCode).toBe(0);
  });
});
