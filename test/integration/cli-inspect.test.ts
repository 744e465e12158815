/** `account-keeper inspect` on every kind of backup: what is in it and whether it is whole; never a hash or an e-mail address. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { CliEnd } from "../support/cli-process.ts";
import { answerOf, createCliStage } from "../support/cli-stage.ts";

const documents = sampleAccounts(12).map(({ document }) => document ?? "");
const ids = sampleAccounts(12).map(({ id }) => id);
const shownIds = `Ids: ${ids.slice(0, 10).join(", ")} and 2 more. With --json all of them.`;

function expectNoSecret({ stdout, stderr }: CliEnd): void {
  expect(stdout + stderr).not.toMatch(/@example|\$2b\$/);
}

describe("inspect", () => {
  it("a backup of ours: when, which site, how many, whose, what needs a look", async () => {
    const stage = await createCliStage(sampleAccounts(12));
    await stage.site.add(sampleAccounts(1).map((record) => ({ ...record, id: "note", document: "Buy flour", metadata: null })));
    const path = await stage.backUp();
    const [people, machines] = await Promise.all([stage.run(["inspect", path]), stage.run(["inspect", path, "--json"])]);
    expect(people).toMatchObject({ code: 3, stderr: "" });
    expect(people.stdout.split("\n")).toEqual([
      expect.stringMatching(/^A backup by Account Keeper, made \d.* \d{4}, \d\d:\d\d\. It was read to its end and is whole\.$/),
      "12 accounts, and 1 that could not be read as an account.",
      `Site: ${stage.site.site}, collection "${stage.site.collectionName}".`,
      shownIds.replace("and 2 more", "and 3 more"),
      "1 needs a look:",
      "  note: This could not be read as an account. It is kept in the file as it is.",
      "",
    ]);
    expect(machines.code).toBe(3);
    expect(answerOf(machines)).toEqual({
      ok: true,
      kind: "format_1",
      encrypted: false,
      size_bytes: (await readFile(path)).length,
      timestamp: expect.stringMatching(/Z$/) as string,
      accounts: 12,
      records: 13,
      ids: [...ids, "note"],
      problem_count: 1,
      problems: [{ code: "NOT_AN_ACCOUNT", id: "note", message: expect.any(String) as string }],
      fewer_than: null,
      made_by: expect.stringMatching(/^account-keeper /) as string,
      site: stage.site.site,
      tenant: "default_tenant",
      database: "default_database",
      collection: stage.site.collectionName,
    });
    for (const end of [people, machines]) expectNoSecret(end);
  });

  it.each<[string, string, string, string]>([
    ["the old site's file", JSON.stringify({ backup_timestamp: "2026-11-20T08:00:00Z", user_count: 12, users: documents.map((text) => JSON.parse(text) as unknown) }), "reference", "A backup by the site itself, made "],
    ["a bare list", `[${documents.join(",")}]`, "array", "A bare list of accounts. It was read"],
  ])("%s, from a file and from a pipe", async (_name, content, kind, words) => {
    const stage = await createCliStage([]);
    const file = await stage.file("users.json", content);
    for (const [target, stdin] of [[file], ["-", content]] as const) {
      const given = stdin === undefined ? {} : { stdin };
      const people = await stage.run(["inspect", target], given);
      expect(people).toMatchObject({ code: 0, stderr: "" });
      expect(people.stdout.startsWith(words), people.stdout).toBe(true);
      expect(people.stdout.split("\n").slice(1)).toEqual(["12 accounts.", shownIds, ""]);
      const machines = await stage.run(["inspect", target, "--json"], given);
      expect(answerOf(machines)).toMatchObject({ kind, encrypted: false, accounts: 12, records: 12, ids, problems: [], site: null });
      for (const end of [people, machines]) expectNoSecret(end);
    }
  });

  it("a locked backup with its passphrase, from a file and from a pipe in the binary form", async () => {
    const stage = await createCliStage(sampleAccounts(12));
    const path = await stage.backUp("three little words");
    const env = { ACCOUNT_KEEPER_PASSPHRASE: "three little words" };
    const file = await stage.run(["inspect", path], { env });
    expect(file).toMatchObject({ code: 0, stderr: "" });
    expect(file.stdout).toContain("It is locked with a passphrase.\n");
    const piped = await stage.run(["inspect", "-", "--json"], { env, stdin: await readFile(path) });
    expect(answerOf(piped)).toMatchObject({ kind: "format_1", encrypted: true, accounts: 12, ids });
    expectNoSecret(file);
  });

  it("a text that came through a pipe in another alphabet is damaged, not mended", async () => {
    const stage = await createCliStage([]);
    const latin1 = Buffer.from('[{"user_id":"u-1","email":"bj\u00f6rn@example.com"}]', "latin1");
    const end = await stage.run(["inspect", "-", "--json"], { stdin: latin1 });
    expect(end.code).toBe(1);
    expect(answerOf(end)).toMatchObject({ error: { code: "BACKUP_DAMAGED" } });
  });

  it("a backup larger than any variable comes whole through a pipe", async () => {
    const stage = await createCliStage([]);
    const list = `[${Array.from({ length: 6 }, (_, index) => JSON.stringify({ user_id: `u-${index}`, email: `${index}@example.com`, note: "x".repeat(1024 * 1024) })).join(",")}]`;
    expect(answerOf(await stage.run(["inspect", "-", "--json"], { stdin: list }))).toMatchObject({ kind: "array", accounts: 6 });
  });
});
