/** "Save a copy": what is there already stays as it is, and no copy lands among the backups of a site. */
import { mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { SiteView } from "../../shared/model.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";
import { startTestApp, type TestApp } from "../support/test-app.ts";

const people = sampleAccounts(9);

interface Kept {
  readonly site: SiteView;
  /** Of its only backup. */
  readonly name: string;
}

/** Two sites, each with one backup of the same day: their names are the same. */
async function shopAndClub(app: TestApp): Promise<{ shop: Kept; club: Kept }> {
  const keep = async (name: string, from: number, to: number): Promise<Kept> => {
    const source = await createTestSite();
    await source.create();
    await source.add(people.slice(from, to));
    const { site } = await app.ask("site.add", { name, source: { kind: "server", url: source.site }, collectionName: source.collectionName, settings: { watch: false } });
    return { site, name: (await app.run("backup", { siteId: site.id })).name };
  };
  return { shop: await keep("Shop", 0, 3), club: await keep("Club", 3, 9) };
}

/** As `account-keeper serve`: no dialogs, the page browses folders from the owner's own on. */
async function startInBrowser(): Promise<TestApp> {
  const app = await startTestApp({ ports: { host: "web", dialogs: null } });
  for (const name of ["HOME", "USERPROFILE"]) vi.stubEnv(name, app.documentsFolder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return app;
}

/** What is picked there: names of folders, and of a file at the end. */
async function browseTo(app: TestApp, ...names: readonly string[]): Promise<string> {
  let { token, entries } = await app.ask("folder.browse", {});
  for (const [index, name] of names.entries()) {
    const found = entries.find((entry) => entry.name === name);
    if (found === undefined) throw new Error(`${name} is not in the list`);
    ({ token } = found);
    if (index < names.length - 1 || found.kind === "folder") ({ token, entries } = await app.ask("folder.browse", { folder: token }));
  }
  return token;
}

async function picked(app: TestApp, path: string): Promise<string> {
  app.pick(path);
  return (await app.ask("dialog.choose", { what: "export_file" })).chosen?.token ?? "";
}

async function countIn(path: string): Promise<unknown> {
  return (JSON.parse(await readFile(path, "utf8")) as { user_count: unknown }).user_count;
}

test("in the browser's window a copy takes a free name in the folder that was picked, and says which", async () => {
  const app = await startInBrowser();
  const { shop, club } = await shopAndClub(app);
  expect(shop.name).toBe(club.name);
  const folder = join(app.documentsFolder, "My copies.json");
  await mkdir(folder);
  const to = await browseTo(app, "My copies.json");

  const shown = [];
  for (const { site, name } of [shop, club, shop]) shown.push((await app.run("export_backup", { siteId: site.id, name, to })).shown);
  const [stem = ""] = shop.name.split(".");
  expect(shown).toEqual(["", " (2)", " (3)"].map((number) => join(folder, `${stem}${number}.json`)));
  expect(await Promise.all(shown.map(countIn))).toEqual([3, 6, 3]);
  expect((await readdir(folder)).length).toBe(3);
  expect((await stat(shown[1] ?? "")).mode & 0o777).toBe(0o600);
});

test("a file that was found by browsing is not replaced either: nobody was asked", async () => {
  const app = await startInBrowser();
  const { shop } = await shopAndClub(app);
  await writeFile(join(app.documentsFolder, "letter.json.age"), "Dear all");
  const { shown } = await app.run("export_backup", { siteId: shop.site.id, name: shop.name, to: await browseTo(app, "letter.json.age") });
  expect(shown).toBe(join(app.documentsFolder, "letter (2).json.age"));
  expect(await readFile(join(app.documentsFolder, "letter.json.age"), "utf8")).toBe("Dear all");
});

test("no copy goes among a site's backups, another's or its own, whatever way leads there", async () => {
  const app = await startInBrowser();
  const { shop, club } = await shopAndClub(app);
  await mkdir(join(club.site.vault, "short"));
  const before = await readFile(join(club.site.vault, club.name));
  const refused = async (to: string, owner: string): Promise<void> => {
    await expect(app.run("export_backup", { siteId: shop.site.id, name: shop.name, to })).rejects.toMatchObject({ code: "SITE_EXISTS", message: `The backups of ${owner} are kept in this folder.`, hint: expect.stringMatching(/another folder/) as string });
  };
  await refused(await browseTo(app, "Account Keeper", "Club"), "Club");
  await refused(await browseTo(app, "Account Keeper", "Club", "short"), "Club");
  await refused(await browseTo(app, "Account Keeper", "Shop"), "Shop");
  expect(await readFile(join(club.site.vault, club.name))).toEqual(before);
  expect((await app.ask("backup.list", { siteId: club.site.id })).total).toBe(1);
  expect((await app.ask("backup.list", { siteId: shop.site.id })).total).toBe(1);
  // Beside them is room.
  expect((await app.run("export_backup", { siteId: shop.site.id, name: shop.name, to: await browseTo(app, "Account Keeper") })).accounts).toBe(3);
});

test("what the system's dialog was told to replace is replaced, but never among a site's backups", async () => {
  const app = await startTestApp();
  const { shop, club } = await shopAndClub(app);
  const outside = await temporaryFolder();
  await writeFile(join(outside, "copy"), "an earlier copy");
  const { shown } = await app.run("export_backup", { siteId: shop.site.id, name: shop.name, to: await picked(app, join(outside, "copy")) });
  expect(shown).toBe(join(outside, "copy"));
  expect(await countIn(shown)).toBe(3);

  const link = join(outside, "linked");
  await symlink(club.site.vault, link);
  for (const path of [join(club.site.vault, club.name), join(club.site.vault, "new.json"), join(link, club.name)]) {
    await expect(app.run("export_backup", { siteId: shop.site.id, name: shop.name, to: await picked(app, path) })).rejects.toMatchObject({ code: "SITE_EXISTS" });
  }
  expect(await countIn(join(club.site.vault, club.name))).toBe(6);
  const gone = await picked(app, join(outside, "gone", "copy.json"));
  await expect(app.run("export_backup", { siteId: shop.site.id, name: shop.name, to: gone })).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND" });
});
