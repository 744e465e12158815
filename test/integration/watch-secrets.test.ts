/**
 * Nothing secret in what the watcher tells or keeps: it is driven through all its states on a real server behind a
 * proxy with a password, over accounts whose every secret carries a mark.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import type { Activity } from "../../electron/engine/activity/activity.ts";
import { watchSite } from "../../electron/app/watch/watch-site.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { openVault } from "../../electron/engine/vault/vault.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestSite } from "../support/site.ts";

const PASSWORD = "marked-pa@ss/wo?rd";
/** In any spelling: plain, as part of an address, in base64. A masked e-mail address keeps its first letter and its host. */
const SECRETS = [/marked/i, /pa(?:@|%40)ss/i, new RegExp(Buffer.from(`marked-user:${PASSWORD}`).toString("base64").slice(0, 20)), /\$2b\$/];

/** Ids as the old site makes them; the last account's is its e-mail address, as on other sites. */
function markedAccounts(count: number): WritableRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const email = `marked.mail.${index}@example.com`;
    const id = index === 2 ? email : `user-${index}`;
    const document = JSON.stringify({ user_id: id, email, password_hash: `$2b$12$marked-hash-${index}`, full_name: `Marked Name ${index}`, token: `marked-token-${index}` });
    return { id, document, metadata: JSON.stringify({ user_id: id, email, type: "user" }), uri: null, embedding: new Float32Array([1, index, 0, 0]) };
  });
}

it("what the watcher tells and keeps holds no e-mail address, hash, name, token or password", async () => {
  const site = await createTestSite();
  const guard = { kind: "basic", user: "marked-user", password: PASSWORD } as const;
  const proxy = await startFrontProxy({ target: inject("chromaUrl"), guard });
  const url = proxy.url.replace("//", `//marked-user:${encodeURIComponent(PASSWORD)}@`);
  const clock = createManualClock("2026-03-02T09:00:00Z");
  const stop = new AbortController();
  const told: Activity[] = [];
  const source = { kind: "server" as const, url };
  const watching = watchSite(
    { source, collectionName: site.collectionName, folder: site.folder },
    { clock, signal: stop.signal, rehearse: true, connect: { retries: { retries: 0, firstPauseMs: 1 } }, onActivity: (activity) => told.push(activity) },
  );
  /** Lets the next look happen, far enough away for a full check. */
  const look = async (): Promise<void> => {
    await clock.asleep();
    clock.advance(11 * 60_000);
    await clock.wake();
    await clock.asleep();
  };
  await clock.asleep();
  await site.create();
  const accounts = markedAccounts(4);
  await site.add(accounts);
  await look();

  // Deletions, among them the one whose id is an e-mail address, and with them a backup that is kept apart.
  await site.deleteAccounts(["user-1", "marked.mail.2@example.com"]);
  await look();
  // A wipe; what is written at first gets lost on the way.
  await site.wipe();
  proxy.inject(/\/add$/, { kind: "status", status: 200, json: {} });
  await look();
  await look();

  const answers = [
    { kind: "status", status: 503, html: "<title>marked.mail.1@example.com</title>" },
    { kind: "status", status: 500, json: { error: "marked-token-1 marked.mail.1@example.com" } },
    { kind: "status", status: 401, json: { error: `marked-user:${PASSWORD}` } },
    { kind: "status", status: 404, headers: { "x-render-routing": "marked" }, html: "<p>marked.mail.1@example.com</p>" },
    { kind: "reset" },
  ] as const;
  for (const fault of answers) {
    // Whatever it asks in the look, and again when it connects anew.
    proxy.inject(/./, fault);
    await look();
  }
  await look();
  // The vault's own trouble: a damaged backup.
  for (const { path } of await (await openVault(site.folder)).list()) await writeFile(path, (await readFile(path, "utf8")).replace("marked-hash-0", "marked-hash-9"));
  await site.add(markedAccounts(5));
  await look();
  stop.abort();
  await watching;
  await proxy.close();

  const kinds = new Set(told.map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(["backed_up", "rehearsed", "deletions", "kept_apart", "restore_incomplete", "restored", "unreachable", "back", "failed"]));
  expect(await readActivity(site.folder, 1_000)).toEqual(told);
  expect(told.at(-1)).toMatchObject({ kind: "backed_up", level: "attention", hint: "An earlier backup cannot be used any more. This backup is damaged: an account in it was changed." });
  expect(told.find(({ kind }) => kind === "deletions")?.ids).toEqual(["user-1", "m•••••@example.com"]);
  const files = (await readdir(site.folder)).filter((name) => name.startsWith("account-keeper-"));
  expect(files).toContain("account-keeper-activity.jsonl");
  const kept = await Promise.all(files.map(async (name) => await readFile(join(site.folder, name), "utf8")));
  for (const text of [JSON.stringify(told), ...kept]) for (const secret of SECRETS) expect(text).not.toMatch(secret);
  expect(new Set(told.map((activity) => activity.site))).toEqual(new Set([proxy.url]));
});
