/** The passphrase of a site's backups is changed, taken away, or not known on this computer. */
import { expect, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { useQuickLocks } from "../support/quick-lock.ts";
import { createTestSite, type TestSite } from "../support/site.ts";
import { startTestApp } from "../support/test-app.ts";

useQuickLocks();

async function siteOfThree(): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  await site.add(sampleAccounts(3));
  return site;
}

test("without a passphrase any more a wipe is seen all the same", async () => {
  const site = await siteOfThree();
  const app = await startTestApp();
  const { id: siteId } = await app.addSite(site, { passphrase: "three little words" });
  await app.run("backup", { siteId });
  await app.ask("site.update", { siteId, passphrase: null });
  await site.wipe();
  expect(await app.run("look", { siteId })).toMatchObject({ state: "wiped", missing: 3, newestBackup: { accounts: 3 } });
});

test("where it is not known nobody calls an empty site one without accounts", async () => {
  const site = await siteOfThree();
  const app = await startTestApp();
  const { id } = await app.addSite(site, { passphrase: "three little words" });
  await app.run("backup", { siteId: id });
  await app.ask("site.remove", { siteId: id });
  await site.wipe();
  const { id: siteId } = await app.addSite(site);
  await expect(app.run("look", { siteId })).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
});

test("where it is not known nobody calls a folder of locked backups one without any; of the newest the day is known, and no time is made up", async () => {
  const site = await siteOfThree();
  const app = await startTestApp();
  const { id } = await app.addSite(site, { passphrase: "three little words" });
  await app.run("backup", { siteId: id });
  await app.ask("site.remove", { siteId: id });
  const { id: siteId } = await app.addSite(site);
  await expect(app.run("look", { siteId })).rejects.toMatchObject({ code: "PASSPHRASE_NEEDED" });
  expect((await app.ask("backup.list", { siteId })).backups).toMatchObject([{ state: "locked", accounts: null, dayOnly: true }]);
});
