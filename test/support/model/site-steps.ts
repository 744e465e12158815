/** What customers, their site's own code, hosts and other programs do in the model, all of it behind the product's back. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainName } from "../../../electron/engine/vault/names.ts";
import type { Chance } from "../seeded.ts";
import { readModelFolder } from "./folder.ts";
import type { Held, Written } from "./site.ts";
import { accountsOf, look, must, type Meanwhile, type World } from "./world.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export type SiteStep = (world: World, chance: Chance, meanwhile?: Meanwhile) => Promise<void>;

/** The time of a change, in the site's own order whatever the clock of this computer says. */
const updatedAt = (version: number): string => new Date(Date.UTC(2027, 0, 1) + version * MINUTE).toISOString();

function accountOf(world: World, id: string, email: string): Written {
  world.versions += 1;
  const version = world.versions;
  const document = JSON.stringify({ user_id: id, email, password_hash: `hash-${version}`, updated_at: updatedAt(version), v: version });
  return { id, document, metadata: { user_id: id, email, is_verified: true, type: "user", created_at: "2027-01-01", v: version } };
}

async function put(world: World, written: Written, meanwhile?: Meanwhile): Promise<void> {
  await world.site.put([written]);
  const held = (await world.site.people())?.get(written.id);
  if (held !== undefined) world.ever.set(held.id, held);
  meanwhile?.changed.add(written.id);
}

async function pick(world: World, chance: Chance): Promise<Held | undefined> {
  return chance.shuffled(accountsOf(await world.site.people()))[0];
}

function newId(world: World): string {
  world.ids += 1;
  return `u${world.ids}`;
}

/** Mostly a new one; else that of somebody who ever was there, gone or not. */
function anEmail(world: World, chance: Chance): string {
  const known = chance.shuffled([...world.ever.values()].flatMap(({ email }) => (email === null ? [] : [email])));
  return chance.next() < 0.25 && known[0] !== undefined ? known[0] : `u${world.ids}-${world.versions}@x`;
}

const signUp: SiteStep = async (world, chance, meanwhile) => await put(world, accountOf(world, newId(world), anEmail(world, chance)), meanwhile);

const signUpOddly: SiteStep = async (world, chance, meanwhile) => {
  const id = newId(world);
  world.versions += 1;
  const document = [null, "Dear diary", '["no account"]', `{"user_id":"${id}","v":${world.versions}}`][chance.below(4)] ?? null;
  await put(world, { id, document, metadata: { v: world.versions, ...(chance.next() < 0.5 ? { email: anEmail(world, chance) } : {}) } }, meanwhile);
};

const changePassword: SiteStep = async (world, chance, meanwhile) => {
  const held = await pick(world, chance);
  if (held !== undefined && held.email !== null && held.document?.startsWith("{") === true) await put(world, accountOf(world, held.id, held.email), meanwhile);
};

const changeEmail: SiteStep = async (world, chance, meanwhile) => {
  const held = await pick(world, chance);
  if (held !== undefined) await put(world, accountOf(world, held.id, anEmail(world, chance)), meanwhile);
};

const deleteOne: SiteStep = async (world, chance, meanwhile) => {
  const held = await pick(world, chance);
  if (held === undefined) return;
  await world.site.remove([held.id]);
  meanwhile?.deleted.add(held.id);
};

/** One after the other, as an administrator does it. */
const deleteSome: SiteStep = async (world, chance, meanwhile) => {
  for (let left = 1 + chance.below(3); left > 0; left -= 1) await deleteOne(world, chance, meanwhile);
};

async function wipe(world: World, chance: Chance): Promise<void> {
  const kind = chance.below(3);
  if (kind === 0) await world.site.remove(accountsOf(await world.site.people()).map(({ id }) => id));
  else await world.site.drop();
  if (kind === 2) {
    // Made anew, and nobody in it.
    await world.site.put([{ id: "first", document: "first", metadata: { v: 0 } }]);
    await world.site.remove(["first"]);
  }
}

/** The reference site's own restore: whose e-mail address is not there. */
async function restoreVariableBySite(world: World): Promise<void> {
  if (world.variable === null) return;
  const accounts: unknown = JSON.parse(Buffer.from(world.variable, "base64").toString());
  if (!Array.isArray(accounts)) return;
  const emails = new Set(accountsOf(await world.site.people()).map(({ email }) => email));
  for (const account of accounts as { user_id: string; email: string; v: number }[]) {
    if (emails.has(account.email)) continue;
    await world.site.put([{ id: account.user_id, document: JSON.stringify(account), metadata: { user_id: account.user_id, email: account.email, is_verified: true, type: "user", created_at: "2027-01-01" } }]);
  }
}

/** The old system's file of the day: written in place, whatever was there. */
const anotherProgramWrites: SiteStep = async (world, chance) => {
  const accounts = accountsOf(await world.site.people()).filter(({ email, document }) => email !== null && document?.includes("password_hash") === true);
  const users = accounts.map(({ document }): unknown => JSON.parse(document ?? "null"));
  const overwrites = chance.next() < 0.3;
  const name = overwrites ? plainName(new Date(world.now), false) : `user_backup_other_${world.versions}_${chance.below(1000)}.json`;
  const path = join(world.folder, name);
  writeFileSync(path, JSON.stringify({ backup_timestamp: new Date(world.now).toISOString(), user_count: users.length, users }, null, 1));
  // It takes two accounts with one address, which nobody can restore.
  await noteSpoiled(world, path);
};

const damageNewest: SiteStep = async (world, chance) => {
  const { folder, reach } = await look(world);
  const file = chance.next() < 0.7 ? reach.newest : chance.shuffled(folder.files)[0];
  const content = file?.content ?? null;
  if (file === undefined || file === null || content === null) return;
  const bytes = readFileSync(file.path);
  const at = chance.below(bytes.length);
  const kind = chance.below(3);
  // Without digests nobody could tell that one letter is another.
  if (kind === 0 && content.isOurs) bytes[at] = bytes[at] === 0x58 ? 0x59 : 0x58;
  const spoiled = kind === 2 ? Buffer.alloc(0) : kind === 0 && content.isOurs ? bytes : bytes.subarray(0, at);
  writeFileSync(file.path, spoiled);
  await noteSpoiled(world, file.path, true);
};

async function noteSpoiled(world: World, path: string, isSpoiled = false): Promise<void> {
  const found = (await readModelFolder(world.folder)).files.find((file) => file.path === path);
  if (found !== undefined && (isSpoiled || found.content === null)) world.spoiled.add(found.digest);
}

const deleteFile: SiteStep = async (world, chance) => {
  const file = chance.shuffled((await look(world)).folder.files)[0];
  if (file !== undefined) rmSync(file.path);
};

const timePasses: SiteStep = async (world, chance) => {
  const steps = [DAY, 3 * DAY, 8 * DAY, 20 * DAY, 40 * DAY, 200 * DAY, 400 * DAY, 60 * MINUTE, -60 * MINUTE, -3 * DAY];
  world.now += steps[chance.below(steps.length)] ?? 0;
  await Promise.resolve();
};

/** The folder is on another computer, or its owner travels. */
const timeZoneChanges: SiteStep = async (_world, chance) => {
  process.env["TZ"] = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue"][chance.below(5)];
  await Promise.resolve();
};

/** A key press later. */
export function passMoment(world: World, chance: Chance): void {
  world.now += chance.below(4) === 0 ? 0 : chance.below(180) * 1_000 + 7;
}

/** What happens to a site on a server while something else is under way. */
export const meanwhileSteps = [signUp, signUp, changePassword, changeEmail, deleteOne] as const;

export const siteSteps = {
  signUp,
  signUpTwice: async (world, chance) => {
    await signUp(world, chance);
    await signUp(world, chance);
  },
  signUpOddly,
  changePassword,
  changeEmail,
  deleteSome,
  wipe: async (world, chance) => await wipe(world, chance),
  wipeAndVariable: async (world, chance) => {
    await wipe(world, chance);
    await restoreVariableBySite(world);
    if (chance.next() < 0.5) await signUp(world, chance);
  },
  anotherProgramWrites,
  damageNewest,
  deleteFile,
  timePasses,
  timeZoneChanges,
} as const satisfies Record<string, SiteStep>;

/** Called by whoever empties the site to bring everybody back. */
export async function wipeSite(world: World, chance: Chance): Promise<void> {
  await wipe(world, chance);
  must(accountsOf(await world.site.people()).length === 0, "the model could not wipe its site");
}
