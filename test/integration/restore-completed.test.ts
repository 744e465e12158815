/** A site that writes backups of its own beside ours: what it tells is newer, what we know is more. Both come back together. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { createSiteWatcher } from "../../electron/app/watch/site-watcher.ts";
import { recordHash } from "../../electron/engine/account.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { backupSite } from "../../electron/engine/operations/backup-site.ts";
import { persistAccounts } from "../../electron/engine/persist-accounts.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestSite } from "../support/site.ts";

it("restores everybody whole after a wipe", async () => {
  const site = await createTestSite();
  await site.create({ metadata: { text: '{"kept":"yes"}' } });
  const people = sampleAccounts(4).map((person) => ({ ...person, embedding: new Float32Array(8).fill(0.5) }));
  const [first, second, third] = people.map((person) => ({ ...person, metadata: `{"role":"admin","logins":2.0,${(person.metadata ?? "{}").slice(1)}` }));
  if (first === undefined || second === undefined || third === undefined) throw new Error("three accounts are needed");
  await site.add([first, second, third]);
  await backupSite({ ...site, now: () => new Date(Date.now() - 3_600_000) });
  const before = await site.read();

  // The same person, one with a new password, one who has signed up since; the third has signed up again under another id.
  const changed = (second.document ?? "").replace(/"password_hash":\s*"[^"]*"/, '"password_hash":"new-hash"');
  expect(changed).toContain("new-hash");
  const again = (third.document ?? "").replace(third.id, "u-again");
  const newcomer = people[3]?.document ?? "";
  const users = [first.document ?? "", changed, again, newcomer].map((text) => JSON.parse(text) as unknown);
  await writeFile(join(site.folder, "user_backup_29991231.json"), JSON.stringify({ backup_timestamp: new Date().toISOString(), user_count: users.length, users }));

  await site.wipe();
  const persist = persistAccounts({ source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder, variable: "", log: () => undefined });
  expect(await persist.restoreOnStartup()).toMatchObject({ ok: true, value: { outcome: "restored", report: { added: 4, problems: [] } } });
  const after = await site.read();
  expect([...after.keys()].sort()).toEqual([first.id, second.id, "u-again", people[3]?.id].sort());
  const [was, is] = [before.get(first.id), after.get(first.id)];
  if (was === undefined || is === undefined) throw new Error("the first is not there");
  // Chroma changes the order of metadata.
  expect(recordHash(is)).toBe(recordHash(was));
  expect(is.embedding).toEqual(was.embedding);
  // The new password beside everything the site had kept besides.
  expect(after.get(second.id)?.document).toContain("new-hash");
  expect(after.get(second.id)?.metadata).toContain('"role":"admin"');
  expect(after.get(second.id)?.embedding).toEqual(before.get(second.id)?.embedding);
  expect((await site.collection()).dimension).toBe(8);
  // The site signs people up as before.
  await site.add([{ ...first, id: "u-next" }]);
});

it("and a wipe with somebody new on it is one for the watcher", async () => {
  const site = await createTestSite();
  await site.create();
  const people = sampleAccounts(4);
  await site.add(people.slice(0, 2));
  await backupSite({ ...site, now: () => new Date(Date.now() - 3_600_000) });
  const users = people.slice(0, 3).map(({ document }) => JSON.parse(document ?? "") as unknown);
  await writeFile(join(site.folder, "user_backup_29991231.json"), JSON.stringify({ backup_timestamp: new Date().toISOString(), user_count: users.length, users }));
  await site.wipe();
  await site.create();
  await site.add(people.slice(3));
  const watcher = createSiteWatcher(
    { source: { kind: "server", url: inject("chromaUrl") }, collectionName: site.collectionName, folder: site.folder },
    { clock: createManualClock("2026-03-02T09:00:00Z"), restoreAfterWipe: true, fullCheckMs: 600_000, onNews: () => Promise.resolve() },
  );
  expect(await watcher.look(new AbortController().signal)).toBe("acted");
  await watcher.close();
  expect((await site.read()).size).toBe(4);
});
