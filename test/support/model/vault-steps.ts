/** What an owner does with a folder of backups in the model: back up, tidy, hand out, take in, lock. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "../../../shared/errors.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { backupSite, type BackupReport } from "../../../electron/engine/operations/backup-site.ts";
import { exportBackup, importBackup } from "../../../electron/engine/operations/carry-backup.ts";
import { deleteBackup } from "../../../electron/engine/operations/delete-backup.ts";
import { variableOfSite } from "../../../electron/engine/operations/make-variable.ts";
import { relockNewest } from "../../../electron/engine/operations/relock-newest.ts";
import { pruneVault } from "../../../electron/engine/vault/prune.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { PASSPHRASES } from "./folder.ts";
import { meanwhileSteps, passMoment } from "./site-steps.ts";
import type { Held, People } from "./site.ts";
import { accountsOf, canOpen, engine, must, type Meanwhile, type Outcome, type World } from "./world.ts";
import type { Chance } from "../seeded.ts";

const DAY = 24 * 60 * 60_000;
const LOCKED: readonly ErrorCode[] = ["PASSPHRASE_NEEDED", "PASSPHRASE_WRONG"];
export const BACKUP_CODES: readonly ErrorCode[] = [...LOCKED, "COLLECTION_NOT_FOUND", "SITE_EMPTY", "NO_ACCOUNTS_YET"];

export type EngineStep = (world: World, chance: Chance) => Promise<void>;

/** The site's connection, but before the request with this number something else happens. */
export function meddled(world: World, at: number, action: () => Promise<void>): ChromaConnection {
  const { connection } = world;
  let left = at;
  const before = async (): Promise<void> => {
    left -= 1;
    if (left !== -1) return;
    world.acting = action();
    await world.acting;
  };
  return {
    ...connection,
    findCollection: async (...call) => {
      await before();
      return await connection.findCollection(...call);
    },
    count: async (...call) => {
      await before();
      return await connection.count(...call);
    },
    post: async (...call) => {
      await before();
      return await connection.post(...call);
    },
  };
}

export function siteOf(world: World): { connection: ChromaConnection; collectionName: string; site: string; folder: string; passphrase: string | undefined; now: () => Date } {
  return { connection: world.connection, collectionName: world.site.collectionName, site: world.url, folder: world.folder, passphrase: world.passphrase, now: () => new Date(world.now) };
}

function expectBackup(world: World, { before, after, value, error }: Outcome<BackupReport>, isStill: boolean): void {
  if (error !== null) {
    if (error.code === "COLLECTION_NOT_FOUND") must(before.site === null || !isStill, "there is a collection");
    if (error.code === "SITE_EMPTY" || error.code === "NO_ACCOUNTS_YET") must(accountsOf(before.site).length === 0 || !isStill, "there are accounts");
    must(after.folder.files.length === before.folder.files.length, "a failed backup leaves no file");
    return;
  }
  const file = after.folder.files.find(({ path }) => path === value.path);
  const content = file?.content ?? null;
  if (file === undefined || content === null) throw new Error(`the backup ${value.name} is not there, or not good`);
  must(file.shelf === (value.fewerThan === null ? "" : "short") && content.isShort === (value.fewerThan !== null), `${value.name} is on the wrong shelf`);
  must(value.records === content.people.size, "the report counts wrong");
  if (value.outcome === "unchanged") must(after.folder.files.length === before.folder.files.length, "unchanged, and a new file");
  if (value.fewerThan === null) must(after.reach.newest?.content?.time === content.time, `${value.name} is not the newest`, after.reach.newest?.name);
  if (!isStill) return;
  const site: People = before.site ?? new Map<string, Held>();
  must(content.people.size === site.size, "the backup holds another number than the site", [content.people.size, site.size]);
  for (const [id, { text }] of site) must(content.people.get(id)?.text === text, `${id} is in the backup otherwise than on the site`, [text, content.people.get(id)?.text]);
}

async function backUp(world: World, wishes: { acceptFewer?: boolean; encrypt?: boolean } = {}): Promise<void> {
  const acceptsFewer = wishes.acceptFewer === true;
  expectBackup(world, await engine(world, { codes: BACKUP_CODES, acceptsFewer }, async () => await backupSite({ ...siteOf(world), ...wishes })), true);
}

const backUpAborted: EngineStep = async (world, chance) => {
  const stop = new AbortController();
  const connection = meddled(world, chance.below(6), async () => {
    stop.abort();
    await Promise.resolve();
  });
  expectBackup(world, await engine(world, { codes: [...BACKUP_CODES, "CANCELLED"] }, async () => await backupSite({ ...siteOf(world), connection }, { signal: stop.signal })), true);
};

/** People come, change and go while it reads. */
const backUpWhileBusy: EngineStep = async (world, chance) => {
  const meanwhile: Meanwhile = { deleted: new Set(), changed: new Set() };
  const connection = meddled(world, chance.below(4), async () => await meanwhileSteps[chance.below(meanwhileSteps.length)]?.(world, chance, meanwhile));
  expectBackup(world, await engine(world, { codes: BACKUP_CODES, meanwhile }, async () => await backupSite({ ...siteOf(world), connection })), false);
};

const twoBackupsAtOnce: EngineStep = async (world) => {
  const { error, value } = await engine(world, { codes: BACKUP_CODES }, async () => await bothDone([backupSite(siteOf(world)), backupSite(siteOf(world))]));
  if (error === null) must(value.filter(({ outcome }) => outcome === "written").length <= 1, "two backups of the same");
};

/** Nobody is at work any more when it fails. */
export async function bothDone<T>(both: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(both);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

const prune: EngineStep = async (world) => {
  const rules = { codes: ["BACKUP_NOT_FOUND"] as const, removes: true };
  const { before, after, value } = await engine(world, rules, async () => await pruneVault(world.folder, { passphrase: world.passphrase, now: () => new Date(world.now) }));
  const present = new Set(after.folder.files.map(({ path }) => path));
  const gone = before.folder.files.filter(({ path }) => !present.has(path));
  must(gone.length === (value?.removed.length ?? 0), "what was removed is not what it says");
  must(before.reach.newest === null || present.has(before.reach.newest.path), "the newest was removed");
  for (const file of gone) {
    // Only its first and its last bytes were looked at.
    if (file.content === null) continue;
    must(file.content.isOurs && canOpen(world)(file), `${file.name} is not ours to remove`);
    must(world.now - file.content.time > 6 * DAY, `${file.name} had not had its time`);
  }
};

const deleteOneBackup: EngineStep = async (world, chance) => {
  const path = chance.shuffled(await (await openVault(world.folder)).list({ passphrase: world.passphrase }))[0]?.path;
  if (path === undefined) return;
  const codes = [...LOCKED, "BACKUP_KEPT", "FILE_UNREADABLE", "BACKUP_DAMAGED", "NOT_A_BACKUP", "DUPLICATE_EMAIL"] as const;
  const { before, after, error } = await engine(world, { codes, removes: true }, async () => await deleteBackup({ folder: world.folder, path, passphrase: world.passphrase }));
  must(before.folder.files.length - after.folder.files.length === (error === null ? 1 : 0), "another number of files than one is gone");
};

const handOut: EngineStep = async (world, chance) => {
  const file = chance.shuffled((await engine(world, { codes: [] }, async () => await Promise.resolve())).after.folder.files)[0];
  if (file === undefined) return;
  await engine(world, { codes: [...LOCKED, "BACKUP_DAMAGED", "NOT_A_BACKUP", "DUPLICATE_EMAIL"] }, async () => await exportBackup(file.path, join(world.elsewhere, `${world.told.length}-${file.name}`), { passphrase: world.passphrase }));
};

const takeIn: EngineStep = async (world, chance) => {
  const name = chance.shuffled(readdirSync(world.elsewhere))[0];
  if (name === undefined) return;
  await engine(world, { codes: [...LOCKED] }, async () => await importBackup(join(world.elsewhere, name), world.folder, { passphrase: world.passphrase }));
};

const makeVariable: EngineStep = async (world) => {
  const { before, value, error } = await engine(world, { codes: ["COLLECTION_NOT_FOUND", "NO_ACCOUNTS_YET", "NOT_ELIGIBLE"] }, async () => await variableOfSite(siteOf(world)));
  if (error !== null) return;
  world.variable = value.value;
  const accounts = JSON.parse(Buffer.from(value.value, "base64").toString()) as { user_id: string; v: number }[];
  const told = new Map(accounts.map(({ user_id, v }) => [user_id, v]));
  const expected = accountsOf(before.site).filter(({ document }) => document?.startsWith("{") === true);
  must(told.size === expected.length && expected.every(({ id, version }) => told.get(id) === version), "the variable holds others", [...told.keys()]);
};

/** Properly, so that the newest goes on being readable; or somebody just gives another one. */
const changePassphrase: EngineStep = async (world, chance) => {
  const passphrase = [undefined, ...PASSPHRASES][chance.below(3)];
  if (chance.next() < 0.7) await engine(world, { codes: [...LOCKED, "BACKUP_NOT_FOUND", "BACKUP_DAMAGED"] }, async () => await relockNewest({ folder: world.folder, before: world.passphrase, passphrase }));
  world.passphrase = passphrase;
};

export const vaultSteps = {
  backUp: async (world) => await backUp(world),
  backUpAgain: async (world, chance) => {
    await backUp(world);
    passMoment(world, chance);
    await backUp(world);
  },
  acceptFewer: async (world) => await backUp(world, { acceptFewer: true }),
  backUpOpenly: async (world) => await backUp(world, { encrypt: false }),
  backUpAborted,
  backUpWhileBusy,
  twoBackupsAtOnce,
  prune,
  deleteOneBackup,
  handOut,
  takeIn,
  makeVariable,
  changePassphrase,
} as const satisfies Record<string, EngineStep>;
