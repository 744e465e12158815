/** A backup of another site brought back from the window: told as such, and no word about the site's own restore. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { readRestoreMark, setRestoreMark } from "../../electron/engine/operations/restore-mark.ts";
import { createTestSite, type TestSite } from "../support/site.ts";
import { startTestApp } from "../support/test-app.ts";

async function siteOf(count: number): Promise<TestSite> {
  const site = await createTestSite();
  await site.create();
  await site.add(sampleAccounts(count));
  return site;
}

it("says whose another site's backup is, and leaves a restore of everyone that was cut short to be finished", async () => {
  const [bakery, florist] = [await siteOf(4), await siteOf(2)];
  const test = await startTestApp();
  const { id: bakeryId } = await test.addSite(bakery);
  const { id: siteId } = await test.addSite(florist);
  const { name } = await test.run("backup", { siteId: bakeryId });
  await test.run("backup", { siteId });
  await copyFile(join(bakery.folder, name), join(florist.folder, "user_backup_20200101.json"));
  await setRestoreMark(florist.folder, { collectionName: florist.collectionName, collectionId: null });
  const plan = await test.run("plan_restore", { siteId, from: { kind: "backup", name: "user_backup_20200101.json" } });
  expect(plan).toMatchObject({ add: 2, otherOrigin: { site: bakery.site, collectionName: bakery.collectionName } });
  expect(await test.run("restore", { siteId, planId: plan.planId })).toMatchObject({ added: 2 });
  expect(await readRestoreMark(florist.folder)).not.toBeNull();

  const newest = await test.run("plan_restore", { siteId, from: { kind: "newest" } });
  await test.run("restore", { siteId, planId: newest.planId });
  expect(await readRestoreMark(florist.folder)).toBeNull();
});
