import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freeVault, siteWithVault } from "../../../electron/app/sites/site-vaults.ts";
import { tempFolder } from "../backup/make-backup.ts";

it("knows a site's folder under every name that leads there", async () => {
  const folder = await tempFolder();
  const bakery = { vault: join(folder, "bakery") };
  const florist = { vault: join(folder, "florist") };
  await mkdir(bakery.vault);
  await symlink(bakery.vault, join(folder, "link"));
  expect(await siteWithVault([florist, bakery], join(folder, "link"))).toBe(bakery);
  expect(await siteWithVault([florist, bakery], join(folder, "florist", "."))).toBe(florist);
  expect(await siteWithVault([florist, bakery], join(folder, "other"))).toBeUndefined();
});

it("knows the folders in a site's folder that hold its other backups, and one of which a site's folder would be such a one", async () => {
  const folder = await tempFolder();
  const bakery = { vault: join(folder, "bakery") };
  const florist = { vault: join(folder, "flowers", "safety") };
  await mkdir(join(bakery.vault, "short"), { recursive: true });
  await symlink(bakery.vault, join(folder, "link"));
  for (const name of ["bakery/short", "bakery/safety", "link/short"]) expect(await siteWithVault([florist, bakery], join(folder, name)), name).toBe(bakery);
  expect(await siteWithVault([florist, bakery], join(folder, "flowers"))).toBe(florist);
  for (const name of ["bakery/other", "short", ""]) expect(await siteWithVault([florist, bakery], join(folder, name)), name).toBeUndefined();
});

it.each([
  ["Marlow & Daughters", "Marlow  Daughters"],
  ["../..", "Site"],
  ["", "Site"],
  [".hidden. ", "hidden"],
  [`${"x".repeat(59)} garden`, "x".repeat(59)],
  ["COM1", "Site COM1"],
  ["nul.shop", "Site nul.shop"],
  ["Console", "Console"],
  [`${"a".repeat(59)}\u{1d49c}b`, `${"a".repeat(59)}\u{1d49c}`],
])("a folder for %j has a name that every system takes", (name, expected) => {
  expect(freeVault("/backups", name, [])).toBe(join("/backups", expected));
});

it("takes no folder that another site has, however it is written", () => {
  const sites = [{ vault: "/backups/Bakery" }, { vault: "/backups/BAKERY 2" }];
  expect(freeVault("/backups", "bakery", sites)).toBe(join("/backups", "bakery 3"));
});
