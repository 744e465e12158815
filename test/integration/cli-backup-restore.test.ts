/** Backup and restore as scripts know them: what they say on stdout and stderr, their JSON, their exit codes. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { anything, backupFrom, backupJson, expectCase, failure, ids, keys, missingOut, planJson, REPORT, restoredJson, restoredOut, valueOf, wholeOut, wiped, type CliCase } from "../support/cli-cases.ts";
import { createCliStage } from "../support/cli-stage.ts";

const cases: readonly CliCase[] = [
  {
    name: "backup",
    prepare: backupFrom,
    code: 0,
    out: ["✅ Backed up 3 users for persistence", "All 3 accounts are safe.", wholeOut],
    json: backupJson({ outcome: "written", accounts: 3, records: 3 }),
  },
  {
    name: "backup of one account",
    accounts: 1,
    prepare: backupFrom,
    code: 0,
    out: ["✅ Backed up 1 users for persistence", "Your 1 account is safe.", wholeOut],
    json: backupJson({ accounts: 1 }),
  },
  {
    name: "backup of what is backed up",
    prepare: async (stage) => {
      await stage.backUp();
      return backupFrom(stage);
    },
    code: 0,
    out: ["✅ Backed up 3 users for persistence", "All 3 accounts are safe.", "Nothing has changed since user_backup_…, which was just read back and checked."],
    json: backupJson({ outcome: "unchanged" }),
  },
  {
    name: "backup --encrypt",
    prepare: async (stage) => [...backupFrom(stage), "--encrypt", "--passphrase-file", await stage.file("passphrase", "three little words\n")],
    code: 0,
    out: ["✅ Backed up 3 users for persistence", "All 3 accounts are safe.", "….json.age, … KB, locked with your passphrase. It was read back and checked."],
    json: backupJson({ encrypted: true }),
  },
  {
    name: "backup with something that is no account",
    prepare: async (stage) => {
      await stage.site.add(sampleAccounts(1).map((record) => ({ ...record, id: "note", document: "Buy flour", metadata: null })));
      return backupFrom(stage);
    },
    code: 3,
    out: ["✅ Backed up 3 users for persistence", "3 of 4 accounts backed up as accounts, the rest as it is.", wholeOut, "1 needs a look:", "  note: This could not be read as an account. It is kept in the file as it is."],
    json: backupJson({ accounts: 3, records: 4, problem_count: 1, problems: [{ code: "NOT_AN_ACCOUNT", id: "note", message: anything }] }),
  },
  {
    name: "backup with fewer accounts than before",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.deleteAccounts(ids(1));
      return backupFrom(stage);
    },
    code: 3,
    out: [
      "✅ Backed up 2 users for persistence",
      "This backup holds 2 accounts. The last one, user_backup_….json, holds 3, and 1 of them is not on your site: user_….",
      "Both are kept, and a restore goes on using the backups from before until you back up with --accept-fewer.",
      "…/short/user_backup_….json, … KB. It was read back and checked.",
    ],
    json: backupJson({ accounts: 2, fewer_than: { backup: expect.stringMatching(/^user_backup_/) as string, accounts: 3, missing: 1 }, missing: ids(1) }),
  },
  {
    name: "backup --accept-fewer",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.deleteAccounts(ids(1));
      return [...backupFrom(stage), "--accept-fewer"];
    },
    code: 0,
    out: ["✅ Backed up 2 users for persistence", "All 2 accounts are safe.", wholeOut],
    json: backupJson({ accounts: 2 }),
  },
  {
    name: "backup of an emptied site",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.deleteAccounts(ids(3));
      return backupFrom(stage);
    },
    code: 1,
    out: [],
    err: ["❌ Failed to backup users: Your site has no accounts. The newest backup holds 3.", 'It looks wiped: bring them back with "account-keeper restore". If it is meant to be empty, back up with --accept-fewer.'],
    json: failure("SITE_EMPTY"),
  },
  {
    name: "backup of a site where nobody has signed up yet",
    accounts: 0,
    prepare: backupFrom,
    code: 10,
    out: [],
    err: ["There are no accounts yet.", "Nothing was backed up. Back up again when somebody has signed up."],
    json: failure("NO_ACCOUNTS_YET"),
  },
  {
    name: "backup --accept-fewer of a site that is meant to be empty",
    accounts: 0,
    prepare: (stage) => [...backupFrom(stage), "--accept-fewer"],
    code: 0,
    out: ["✅ Backed up 0 users for persistence", "There are no accounts, and this backup says so.", "…. It was read back and checked."],
    json: backupJson({ accounts: 0, records: 0 }),
  },
  {
    name: "restore --from DIR --yes",
    prepare: (stage) => wiped(stage, "--from", "DIR", "--yes"),
    code: 0,
    out: ["From user_backup_….json, …: 3 accounts.", ...missingOut, ...restoredOut],
    json: restoredJson,
  },
  {
    name: "restore --from FILE --yes",
    prepare: (stage) => wiped(stage, "--from", "FILE", "--yes"),
    code: 0,
    out: ["From /…/user_backup_….json, …: 3 accounts.", ...missingOut, ...restoredOut],
    json: restoredJson,
  },
  {
    name: "restore --from variable --yes",
    env: async (stage) => ({ USER_BACKUP_DATA: await valueOf(stage) }),
    prepare: (stage) => wiped(stage, "--from", "variable", "--yes"),
    code: 0,
    out: ["From the text you gave, date unknown: 3 accounts.", ...missingOut, "3 accounts come without search vectors and get stand-ins of length 384. Signing in does not need them.", "Nothing here tells that length, …", ...restoredOut],
    json: { ...restoredJson, report: keys(REPORT, { added: 3, stand_in_vectors: 3, problems: [], safety_backup: null }) },
  },
  {
    name: "restore --from - --yes",
    stdin: async (stage) => await readFile(await stage.backUp(), "utf8"),
    prepare: (stage) => wiped(stage, "--from", "-", "--yes"),
    code: 0,
    out: ["From the text you gave, …: 3 accounts.", ...missingOut, ...restoredOut],
    json: restoredJson,
  },
  {
    name: "restore --dry-run",
    prepare: (stage) => wiped(stage, "--from", "DIR", "--dry-run"),
    code: 0,
    out: ["From user_backup_….json, …: 3 accounts.", ...missingOut],
    json: { outcome: "planned", plan: planJson({ policy: "add_missing", add: ids(3), overwrite: [], accounts_on_site: 0, dimension: { dimension: 384, source: "backup" } }), passed_over: [] },
  },
  {
    name: "restore without a yes and without a terminal",
    prepare: (stage) => wiped(stage, "--from", "DIR"),
    code: 2,
    out: ["From user_backup_….json, …: 3 accounts.", ...missingOut],
    err: ["This needs your yes: Bring back 3 accounts?", "Add --yes to go on without being asked. Nothing was changed."],
    json: failure("CONFIRMATION_NEEDED"),
  },
  {
    name: "restore --only",
    prepare: (stage) => wiped(stage, "--from", "DIR", "--yes", "--only", ids(3).slice(1).join(",")),
    code: 0,
    out: ["From user_backup_….json, …: 3 accounts, 2 of them chosen.", "Adds 2 · leaves 0 as they are · changes nobody.", 'The collection "…" is missing and will be made.', "✅ Restored 2 users from backup", "All 2 accounts are back, read again from your site and checked. It now has 2."],
    json: { outcome: "restored", plan: planJson({ add: ids(3).slice(1), accounts_in_backup: 3, chosen: 2 }), report: keys(REPORT, { added: 2, safety_backup: null }), left_out: [], passed_over: [] },
  },
  {
    name: "restore where nobody is missing",
    prepare: async (stage) => {
      await stage.backUp();
      return ["restore", ...stage.source, "--from", stage.vault];
    },
    code: 0,
    out: ["From user_backup_….json, …: 3 accounts.", "Everyone in this backup is on your site."],
    json: { outcome: "nothing_to_do", plan: planJson({ add: [], same: 3, accounts_in_backup: 3, chosen: 3 }), left_out: [], passed_over: [] },
  },
  {
    name: "restore --only of somebody who is there, while others are missing",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.deleteAccounts(ids(2));
      return ["restore", ...stage.source, "--from", stage.vault, "--only", ids(3).slice(2).join(",")];
    },
    code: 0,
    out: ["From user_backup_….json, …: 3 accounts, 1 of them chosen.", "Whom you chose is on your site."],
    json: { outcome: "nothing_to_do", plan: planJson({ add: [], same: 1, accounts_in_backup: 3, chosen: 1 }), left_out: [], passed_over: [] },
  },
  {
    name: "restore from a backup of nobody",
    prepare: async (stage) => ["restore", ...stage.source, "--from", await stage.file("nobody.json", '{"backup_timestamp": "2026-11-23T09:00:00", "user_count": 0, "users": []}')],
    code: 0,
    out: ["From /…/nobody.json, …: 0 accounts.", "There is nobody in this backup."],
    json: { outcome: "nothing_to_do", plan: planJson({ add: [], same: 0, accounts_in_backup: 0, chosen: 0 }), left_out: [], passed_over: [] },
  },
  {
    name: "restore from a backup of another site",
    prepare: async (stage) => {
      const other = await createCliStage(sampleAccounts(4).slice(3));
      return ["restore", ...stage.source, "--from", await other.backUp(), "--yes"];
    },
    code: 0,
    out: [
      "From /…/user_backup_….json, …: 1 account.",
      'It is a backup of http://…, collection "users-…". It goes into http://…, collection "users-…": is that the same site?',
      "Adds 1 · leaves 0 as they are · changes nobody · safety copy first.",
      "✅ Restored 1 users from backup",
      "1 account is back, read again from your site and checked. It now has 4.",
      "What was there before is in …/safety/user_backup_….json.",
    ],
    json: { outcome: "restored", plan: planJson({ add: ids(4).slice(3), overwrite: [], same: 0 }), report: keys(REPORT, { added: 1, overwritten: 0, left_as_they_are: 0, problems: [], collection_created: false, stand_in_vectors: 0 }), left_out: [], passed_over: [] },
  },
  {
    name: "restore --only from a bare list, which does not tell its number",
    prepare: async (stage) => {
      const list = await stage.file("list.json", `[${sampleAccounts(3).map(({ document }) => document).join(",")}]`);
      await stage.site.deleteAccounts(ids(2));
      return ["restore", ...stage.source, "--from", list, "--dry-run", "--only", ids(1).join(",")];
    },
    code: 0,
    out: ["From /…/list.json, date unknown: 3 accounts, 1 of them chosen.", "Adds 1 · leaves 0 as they are · changes nobody · safety copy first.", "1 account comes without a search vector and gets a stand-in of length 384. Signing in does not need them."],
    json: { outcome: "planned", plan: planJson({ add: ids(1), accounts_in_backup: 3, chosen: 1 }), passed_over: [] },
  },
  {
    name: "restore --policy overwrite",
    prepare: async (stage) => {
      await stage.backUp();
      await stage.site.add(sampleAccounts(1).map((record) => ({ ...record, metadata: '{"changed":true}', staleKeys: [] })));
      return ["restore", ...stage.source, "--from", stage.vault, "--policy", "overwrite", "--yes"];
    },
    code: 0,
    out: [
      "From user_backup_….json, …: 3 accounts.",
      "Adds 0 · leaves 2 as they are · puts back older versions of 1 · safety copy first.",
      "✅ Restored 1 users from backup",
      "1 account is back, read again from your site and checked. It now has 3.",
      "What was there before is in …/safety/user_backup_….json.",
    ],
    json: { outcome: "restored", plan: planJson({ policy: "overwrite", overwrite: ids(1), same: 2 }), report: keys(REPORT, { overwritten: 1, added: 0 }), left_out: [], passed_over: [] },
  },
  {
    name: "restore with no backup",
    prepare: ({ source, vault }) => ["restore", ...source, "--from", vault],
    code: 10,
    out: [],
    err: ["❌ Failed to restore users from backup: There is no backup in this folder.", "Check the folder, or name a backup file."],
    json: failure("BACKUP_NOT_FOUND"),
  },
];

describe("backup and restore", () => {
  it.each(cases)("$name", async (each) => await expectCase(each));
});

describe("restore --dry-run and a missing yes", () => {
  it.each(["--dry-run", "--dry-run --yes", ""])("write nothing: %s", async (line) => {
    const flags = line.split(" ").filter((flag) => flag !== "");
    const stage = await createCliStage();
    const path = await stage.backUp();
    await stage.site.deleteAccounts(ids(2));
    const before = await stage.state();
    for (const from of [path, stage.vault]) await stage.run(["restore", ...stage.source, "--from", from, ...flags]);
    expect(await stage.state()).toEqual(before);
  });
});
