/** What the model knows, and what has to hold after whatever the engine does: the promises of the house. */
import { isKeeperError, type ErrorCode, type KeeperError } from "../../../shared/errors.ts";
import type { SiteWatcher } from "../../../electron/app/watch/site-watcher.ts";
import { verifyBackup } from "../../../electron/engine/backup/verify-backup.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { everybody, readModelFolder, reachOf, type ModelFile, type ModelFolder, type Reach } from "./folder.ts";
import { missingPeople, type Held, type ModelSite, type People } from "./site.ts";

export interface World {
  readonly url: string;
  readonly site: ModelSite;
  readonly connection: ChromaConnection;
  readonly folder: string;
  /** A folder elsewhere, for what is handed out and taken in. */
  readonly elsewhere: string;
  now: number;
  passphrase: string | undefined;
  /** What the host's environment holds: not always up to date. */
  variable: string | null;
  versions: number;
  ids: number;
  /** Everybody who ever was on the site, as they were written last. */
  readonly ever: Map<string, Held>;
  /** Digests of files that the model has damaged. */
  readonly spoiled: Set<string>;
  /** Of whom the owner said that they may be gone. */
  readonly letGo: Set<string>;
  /** Digests that were verified by the product. */
  readonly verified: Set<string>;
  readonly told: string[];
  /** What somebody does during a command, which may have failed before they are done. */
  acting: Promise<void>;
  watching: { readonly watcher: SiteWatcher; readonly passphrase: string | undefined } | null;
}

/** What was not promised to stay as it was during one command: the site's own people are at work too. */
export interface Meanwhile {
  readonly deleted: Set<string>;
  readonly changed: Set<string>;
}

export interface Rules {
  /** How it may fail. */
  readonly codes: readonly ErrorCode[];
  /** It may take files away. */
  readonly removes?: boolean;
  readonly acceptsFewer?: boolean;
  /** These may have another version on the site afterwards. */
  readonly mayChange?: (id: string) => boolean;
  readonly meanwhile?: Meanwhile;
}

export interface Seen {
  readonly site: People | null;
  readonly folder: ModelFolder;
  readonly reach: Reach;
}

export type Outcome<T> = { readonly before: Seen; readonly after: Seen } & ({ readonly value: T; readonly error: null } | { readonly value: null; readonly error: KeeperError });

export function must(holds: boolean, sentence: string, details?: unknown): void {
  if (!holds) throw new Error(details === undefined ? sentence : `${sentence}: ${JSON.stringify(details)}`);
}

export async function look(world: World): Promise<Seen> {
  const read = await readModelFolder(world.folder);
  const folder = { ...read, files: read.files.map((file) => (world.spoiled.has(file.digest) ? { ...file, content: null } : file)) };
  return { site: await world.site.people(), folder, reach: reachOf(folder, () => true) };
}

export function canOpen({ passphrase }: World): (file: ModelFile) => boolean {
  return (file) => file.passphrase === null || file.passphrase === passphrase;
}

/** Everybody in any good backup. */
function heldIn({ files }: ModelFolder): People {
  return everybody(files.flatMap(({ content }) => (content === null ? [] : [content.people])));
}

const reachedIn = ({ newest, later }: Reach): ModelFile[] => (newest === null ? [] : [newest, ...later]);

const idsOf = (people: readonly Held[]): string[] => people.map(({ id }) => id);

/** Runs a command of the engine, and looks whether all that always holds still does. */
export async function engine<T>(world: World, rules: Rules, work: () => Promise<T>): Promise<Outcome<T>> {
  const before = await look(world);
  let value: T | null = null;
  let error: KeeperError | null = null;
  try {
    value = await work();
  } catch (thrown) {
    if (!isKeeperError(thrown)) throw new Error(`untyped: ${String(thrown)}`, { cause: thrown });
    error = thrown;
    world.told.push(thrown.code);
    must(rules.codes.includes(thrown.code), `failed with ${thrown.code}, ${thrown.message}`);
  }
  await world.acting;
  const after = await look(world);
  expectSiteKept(before.site ?? new Map(), after.site ?? new Map(), rules);
  must(after.folder.leftovers.length === 0, "something is left over", after.folder.leftovers);
  await expectFilesGood(world, after.folder);
  const present = new Set(after.folder.files.map(({ digest }) => digest));
  if (rules.removes !== true) for (const { digest, name } of before.folder.files) must(present.has(digest), `the file ${name} is gone`);
  // Let go for good only while nobody brings them back.
  const isLetGo = ({ id }: Held): boolean => world.letGo.has(id);
  const missingIn = (files: readonly ModelFile[], people: People): Held[] => files.flatMap(({ content }) => (content === null ? [] : missingPeople(content.people, people)));
  const outOfReachNow = missingIn(reachedIn(before.reach), after.reach.people);
  if (rules.acceptsFewer === true && error === null) for (const { id } of outOfReachNow) world.letGo.add(id);
  const forgotten = missingIn(before.folder.files, heldIn(after.folder)).filter((held) => !isLetGo(held));
  must(forgotten.length === 0, "nobody holds them any more", idsOf(forgotten));
  const outOfReach = outOfReachNow.filter((held) => !isLetGo(held));
  must(outOfReach.length === 0, "a restore brings them back no more", idsOf(outOfReach));
  if (rules.removes !== true) for (const { id } of after.reach.people.values()) if (rules.acceptsFewer !== true) world.letGo.delete(id);
  return error === null ? { before, after, value: value as T, error } : { before, after, value: null, error };
}

function expectSiteKept(before: People, after: People, { mayChange, meanwhile }: Rules): void {
  for (const held of before.values()) {
    const now = after.get(held.id);
    if (meanwhile?.deleted.has(held.id) === true) continue;
    must(now !== undefined, `${held.id} was deleted from the site`);
    if (meanwhile?.changed.has(held.id) === true || mayChange?.(held.id) === true) continue;
    must(now?.text === held.text, `${held.id} was changed on the site`, [held.text, now?.text]);
  }
}

/** Every file under a final name is whole, for the product as for the model. */
async function expectFilesGood(world: World, { files }: ModelFolder): Promise<void> {
  for (const { name, path, digest, content, passphrase } of files) {
    if (world.spoiled.has(digest) || world.verified.has(digest)) continue;
    if (content === null) throw new Error(`${name} cannot be read`);
    const verified = await verifyBackup({ path }, { passphrase: passphrase ?? undefined });
    must(verified.recordCount === content.people.size, `${name} holds another number`, [verified.recordCount, content.people.size]);
    world.verified.add(digest);
  }
}

export function accountsOf(site: People | null): Held[] {
  return [...(site ?? new Map<string, Held>()).values()];
}
