/** The other commands as scripts know them, and the help: as real processes, all of what they say, their exit codes. */
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { anything, expectCase, failure, ids, keys, valueOf, type CliCase } from "../support/cli-cases.ts";
import { answerOf, createCliStage } from "../support/cli-stage.ts";

const cases: readonly CliCase[] = [
  {
    name: "list",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.deleteAccounts(ids(2));
      await stage.backUp();
      return ["list", stage.vault];
    },
    code: 0,
    out: [
      expect.stringMatching(/^\d\d? \w{3,4} \d{4}, \d\d:\d\d {3}1 account +\d+ KB {2}short\/user_backup_\d{8}_\d{6}\.json {2}short: user_backup_\d{8}\.json holds 3 accounts$/) as string,
      expect.stringMatching(/^\d\d? \w{3,4} \d{4}, \d\d:\d\d {2}3 accounts {2}\d+ KB {2}user_backup_\d{8}\.json$/) as string,
    ],
    json: {
      backups: [
        keys(["name", "path", "kind", "size_bytes", "timestamp"], { shelf: "short", state: "good", timestamp_from: "file", encrypted: false, accounts: 1, records: 1, fewer_than: { backup: anything, accounts: 3, missing: 2 } }),
        keys(["name", "path", "kind", "size_bytes", "timestamp"], { shelf: "normal", state: "good", timestamp_from: "file", encrypted: false, accounts: 3, records: 3, fewer_than: null }),
      ],
    },
  },
  {
    name: "verify FILE",
    prepare: async (stage) => ["verify", await stage.backUp()],
    code: 0,
    out: ["This backup is whole. It holds 3 accounts, from …."],
    json: keys(["digest", "size_bytes", "timestamp", "site"], { kind: "format_1", encrypted: false, accounts: 3, records: 3, problem_count: 0 }),
  },
  {
    name: "verify DIR with a damaged backup",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.add(sampleAccounts(4).slice(3));
      const path = await stage.backUp();
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replace('"is_verified":true', '"is_verified":null'));
      return ["verify", stage.vault];
    },
    code: 3,
    out: ["user_backup_….json: This backup is damaged: an account in it was changed.", "user_backup_….json: whole, 3 accounts", "1 of 2 backups is whole."],
    json: {
      backups: [
        { name: anything, shelf: "normal", ok: false, error: keys(["message", "hint"], { code: "BACKUP_DAMAGED", retryable: false }) },
        keys(["name", "digest", "size_bytes", "timestamp", "site"], { shelf: "normal", ok: true, kind: "format_1", encrypted: false, accounts: 3, records: 3, problem_count: 0 }),
      ],
    },
  },
  {
    name: "status",
    prepare: ({ source }) => ["status", ...source],
    code: 0,
    out: ["http://… answers.", '3 accounts in the collection "users-…".', "Other collections there: …", "The variable: 3 of 10."],
    json: keys(["site", "version", "collection", "other_collections"], { collection_exists: true, accounts: 3, eligibility: { eligible: true, accounts: 3, message: "3 of 10." } }),
  },
  {
    name: "status of a wiped site",
    prepare: async ({ site, source }) => {
      await site.wipe();
      return ["status", ...source];
    },
    code: 10,
    out: ["http://… answers.", 'There is no collection named "users-…".', "Collections there: …"],
    json: keys(["site", "version", "collection", "other_collections"], { collection_exists: false, accounts: 0, eligibility: keys(["message", "hint"], { eligible: false, reason: "no_accounts", accounts: 0 }) }),
  },
  {
    name: "variable of 11 accounts",
    accounts: 11,
    prepare: ({ source }) => ["variable", ...source],
    code: 1,
    out: [],
    err: ["11 accounts are one too many for the variable.", "It holds up to 10. After a redeploy, bring the accounts back from a backup file instead."],
    json: failure("NOT_ELIGIBLE"),
  },
  {
    name: "variable of a site without accounts",
    accounts: 0,
    prepare: ({ source }) => ["variable", ...source],
    code: 10,
    out: [],
    err: ["There are no accounts yet.", "The variable can be made as soon as someone has signed up."],
    json: failure("NO_ACCOUNTS_YET"),
  },
];

describe("each command", () => {
  it.each(cases)("$name", async (each) => await expectCase(each));
});

describe("variable", () => {
  it("prints the value alone on stdout, in each form, and from a backup the same", async () => {
    const stage = await createCliStage();
    const value = await valueOf(stage);
    const path = await stage.backUp();
    const said = /^3 accounts, [\d,]+ characters, checksum [0-9A-F]{4} [0-9A-F]{4}\. 3 of 10\.\n$/;
    for (const [args, printed] of [
      [[], `${value}\n`],
      [["--name-value"], `USER_BACKUP_DATA=${value}\n`],
      [["--dotenv"], `USER_BACKUP_DATA=${value}\n`],
    ] as const) {
      for (const from of [stage.source, ["--from", path], ["--from", stage.vault]]) {
        const { code, stdout, stderr } = await stage.run(["variable", ...from, ...args]);
        expect({ code, stdout }).toEqual({ code: 0, stdout: printed });
        expect(stderr).toMatch(said);
      }
    }
    const machines = await stage.run(["variable", ...stage.source, "--json"]);
    expect(answerOf(machines)).toEqual({ ok: true, value, accounts: 3, length: value.length, checksum: expect.stringMatching(/^[0-9A-F]{4} [0-9A-F]{4}$/) as string, gauge: expect.any(Array) as unknown, left_out: 0 });
  });
});

describe("help", () => {
  it("is the answer to no command, on stderr, with exit code 2", async () => {
    const stage = await createCliStage([]);
    const bare = await stage.run([]);
    expect(bare).toMatchObject({ code: 2, stdout: "" });
    expect(bare.stderr).toContain("Start here:\n");
    expect(answerOf(await stage.run(["--json"]))).toMatchObject({ ok: false, error: { code: "USAGE", message: "The command is missing." } });
  });

  it("fits a terminal of usual width where the columns are ours, and names every exit code", async () => {
    const stage = await createCliStage([]);
    const { code, stdout, stderr } = await stage.run(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const exitCode of [0, 1, 2, 3, 10, 11, 12, 130]) expect(stdout).toMatch(new RegExp(`^ +${exitCode} {2}\\S`, "m"));
  });
});
