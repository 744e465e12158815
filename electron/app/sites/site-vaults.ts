/** Folders of backups, of which each is one site's: whose one is, and a free one for a new site. */
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import { SHELF_FOLDERS } from "../../engine/vault/entries.ts";
import type { StoredSite } from "./site-store.ts";

/** `hint`: what to choose instead. */
export function vaultTaken({ name }: Pick<StoredSite, "name">, hint: string): KeeperError {
  return new KeeperError("SITE_EXISTS", `The backups of ${name} are kept in this folder.`, { hint });
}

/** One folder may be reached under several names: links, and letters in either case. One that is not there has only this. */
async function realFolder(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

/** A folder of backups, and those in it of the backups that are kept apart or were made before a restore. */
async function shelvesOf(vault: string): Promise<string[]> {
  const folder = await realFolder(vault);
  return await Promise.all(Object.values(SHELF_FOLDERS).map(async (shelf) => await realFolder(join(folder, shelf))));
}

/** The first of `sites` that keeps backups of any kind in `folder` itself. */
export async function siteWithBackupsIn<T extends Pick<StoredSite, "vault">>(sites: readonly T[], folder: string): Promise<T | undefined> {
  const wanted = await realFolder(folder);
  const shelves = await Promise.all(sites.map(async ({ vault }) => await shelvesOf(vault)));
  return sites.find((_, index) => shelves[index]?.includes(wanted));
}

/** The first of `sites` whose backups would meet those that a site keeps in `vault`. */
export async function siteWithVault<T extends Pick<StoredSite, "vault">>(sites: readonly T[], vault: string): Promise<T | undefined> {
  const found = await Promise.all((await shelvesOf(vault)).map(async (shelf) => await siteWithBackupsIn(sites, shelf)));
  return found.find((site) => site !== undefined);
}

/** Windows keeps these for devices, whatever follows a dot: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Long enough for every name, short enough for Windows. */
const FIRST_LETTERS = /^.{0,60}/su;

/** A folder in `parent` named as the site, that none of `sites` has. */
export function freeVault(parent: string, name: string, sites: readonly Pick<StoredSite, "vault">[]): string {
  const stem = folderName(name);
  for (let attempt = 1; ; attempt += 1) {
    const folder = join(parent, attempt === 1 ? stem : `${stem} ${attempt}`);
    if (!sites.some(({ vault }) => resolve(vault).toLowerCase() === resolve(folder).toLowerCase())) return folder;
  }
}

function folderName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N} ._-]/gu, "").replace(/^[. ]+/, "");
  const short = (FIRST_LETTERS.exec(plain)?.[0] ?? "").replace(/[. ]+$/, "") || "Site";
  return RESERVED.test(short) ? `Site ${short}` : short;
}
