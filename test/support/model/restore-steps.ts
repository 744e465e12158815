/** Everything that brings somebody back in the model, and what it has to say about that. */
import { createSiteWatcher, type SiteWatcher } from "../../../electron/app/watch/site-watcher.ts";
import { fromAnswer } from "../../../electron/engine/chroma/classify.ts";
import { isKeeperError, type ErrorCode } from "../../../shared/errors.ts";
import type { OpenBackup } from "../../../electron/engine/backup/read-backup.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { backupSite } from "../../../electron/engine/operations/backup-site.ts";
import { restoreEveryone } from "../../../electron/engine/operations/restore-everyone.ts";
import { chooseBackup, restoreSite, type BackupChoice, type ChosenBackup } from "../../../electron/engine/operations/restore-site.ts";
import { accountsAtStartup, chooseStartupBackup } from "../../../electron/engine/operations/startup-backup.ts";
import { planUndo, undoRestore } from "../../../electron/engine/operations/undo-restore.ts";
import { persistAccounts } from "../../../electron/engine/persist-accounts.ts";
import type { RestoreReport } from "../../../electron/engine/restore/apply-restore.ts";
import { planRestore, type RestorePolicy } from "../../../electron/engine/restore/plan-restore.ts";
import { reachOf } from "./folder.ts";
import { meanwhileSteps, wipeSite } from "./site-steps.ts";
import { missingPeople, type Held, type People } from "./site.ts";
import { BACKUP_CODES, bothDone, meddled, siteOf, type EngineStep } from "./vault-steps.ts";
import { accountsOf, canOpen, engine, look, must, type Meanwhile, type Outcome, type Seen, type World } from "./world.ts";
import type { Chance } from "../seeded.ts";

const CHOOSING: readonly ErrorCode[] = ["BACKUP_NOT_FOUND", "BACKUP_DAMAGED", "PASSPHRASE_NEEDED", "PASSPHRASE_WRONG", "DUPLICATE_EMAIL", "NOT_A_BACKUP"];
/** Of another site's making it takes four numbers, too. */
const DIMENSION = 4;
const MAX_WRONG_PASSPHRASES = 3;
const FULL_CHECK_MS = 600_000;

/** More than so many locked otherwise are not tried: then an older one may stay untried. */
function triesEverything(world: World, { folder }: Seen): boolean {
  return folder.files.filter(({ name, shelf, passphrase }) => shelf === "" && name.endsWith(".age") && passphrase !== (world.passphrase ?? null)).length < MAX_WRONG_PASSPHRASES;
}

async function choose(world: World, choice: BackupChoice): Promise<ChosenBackup | null> {
  const { before, value, error } = await engine(world, { codes: CHOOSING }, async () => await chooseBackup(choice, { passphrase: world.passphrase }));
  if (choice.kind === "vault" && triesEverything(world, before)) {
    const { newest } = reachOf(before.folder, canOpen(world));
    const chosen = before.folder.files.find(({ shelf, name }) => shelf === "" && name === value?.name);
    // Of two of one moment either may be taken.
    must(chosen?.content?.time === newest?.content?.time, "another backup was chosen", [value?.name, newest?.name, error?.code]);
  }
  return value;
}

async function chooseSome(world: World, chance: Chance): Promise<ChosenBackup | null> {
  const file = chance.shuffled((await look(world)).folder.files)[0];
  const by = chance.below(4);
  if (by === 0 && file !== undefined) return await choose(world, { kind: "file", path: file.path });
  if (by === 1 && world.variable !== null) return await choose(world, { kind: "text", text: world.variable });
  return await choose(world, { kind: "vault", folder: world.folder });
}

async function recordsOf(backup: OpenBackup): Promise<{ id: string; document: string | null; email: string | null }[]> {
  const found: { id: string; document: string | null; email: string | null }[] = [];
  for await (const page of backup.records()) for (const { id, document, metadata } of page) found.push({ id, document, email: emailIn(document) ?? emailIn(metadata) });
  return found;
}

function emailIn(text: string | null): string | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null && "email" in value && typeof value.email === "string" ? value.email : null;
  } catch {
    return null;
  }
}

interface Wanted {
  readonly backup: OpenBackup;
  readonly policy: RestorePolicy;
  readonly only: readonly string[] | undefined;
}

/** What a report says is so, and everybody of the backup is there, or it says who is not. */
async function expectReport({ backup, policy, only }: Wanted, { before, after, value: report, error }: Outcome<RestoreReport>): Promise<void> {
  if (error !== null) return;
  const [site, now] = [before.site ?? new Map<string, Held>(), after.site ?? new Map<string, Held>()];
  const added = [...now.keys()].filter((id) => !site.has(id));
  const changed = [...now.values()].filter(({ id, text }) => site.has(id) && site.get(id)?.text !== text);
  const told = new Map(report.problems.map(({ id, code }) => [id, code]));
  must(report.added === added.length, "added", [report.added, added]);
  must(report.accountsOnSite === now.size, "accountsOnSite", [report.accountsOnSite, now.size]);
  must(report.overwritten >= changed.length, "overwritten", [report.overwritten, changed.map(({ id }) => id)]);
  must(policy === "overwrite" || report.overwritten === 0, "somebody was overwritten");
  const records = (await recordsOf(backup)).filter(({ id }) => only?.includes(id) !== false);
  const inBackup = new Map(records.map((record) => [record.id, record]));
  must(added.every((id) => inBackup.has(id)), "somebody was added who is not in the backup", added);
  for (const { id, email, document } of records) {
    const there = now.get(id);
    if (there === undefined) {
      const code = told.get(id);
      must(code !== undefined, `${id} is not there, and nobody says so`);
      if (code === "SAME_EMAIL_OTHER_ID") must([...now.values()].some((other) => other.email === email), `nobody else has the address of ${id}`);
    } else if (!site.has(id) || (policy === "overwrite" && !told.has(id))) must(told.has(id) || sameDocument(there.document, document), `${id} is there in another version`, [there.document, document]);
  }
  if (report.safetyBackup !== null) {
    const copy = after.folder.files.find(({ path }) => path === report.safetyBackup);
    must(sameTexts(copy?.content?.people ?? new Map<string, Held>(), site), "the safety copy holds something else");
  } else must(site.size === 0 || added.length + changed.length === 0, "there is no safety copy");
}

function sameDocument(one: string | null, other: string | null): boolean {
  if (one === other) return true;
  try {
    return JSON.stringify(JSON.parse(one ?? "")) === JSON.stringify(JSON.parse(other ?? ""));
  } catch {
    return false;
  }
}

const sameTexts = (one: People, other: People): boolean => one.size === other.size && [...one].every(([id, { text }]) => other.get(id)?.text === text);

async function wantSome(world: World, chance: Chance): Promise<Wanted | null> {
  const chosen = await chooseSome(world, chance);
  if (chosen === null) return null;
  const policy = chance.next() < 0.5 ? "add_missing" : "overwrite";
  const records = await recordsOf(chosen.backup).catch((error: unknown) => {
    // Further on it is damaged.
    if (isKeeperError(error) && CHOOSING.includes(error.code)) return null;
    throw error;
  });
  if (records === null) return null;
  const ids = records.map(({ id }) => id);
  return { backup: chosen.backup, policy, only: chance.next() < 0.25 ? chance.shuffled(ids).slice(0, 1 + chance.below(3)) : undefined };
}

interface Trouble {
  readonly connection?: ChromaConnection;
  readonly signal?: AbortSignal;
  readonly codes?: readonly ErrorCode[];
  readonly meanwhile?: Meanwhile;
}

async function restore(world: World, wanted: Wanted, { connection = world.connection, signal, codes = [], meanwhile }: Trouble = {}): Promise<Outcome<RestoreReport>> {
  const request = { ...siteOf(world), ...wanted, connection, dimension: DIMENSION, safetyFolder: world.folder };
  const inBackup = new Set((await recordsOf(wanted.backup)).map(({ id }) => id));
  const rules = { codes, mayChange: (id: string) => wanted.policy === "overwrite" && inBackup.has(id), ...(meanwhile === undefined ? {} : { meanwhile }) };
  return await engine(world, rules, async () => await restoreSite({ ...request, plan: await planRestore(request, { signal }) }, { signal }));
}

const restoreSome: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted !== null) await expectReport(wanted, await restore(world, wanted));
};

const restoreAborted: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted === null) return;
  const stop = new AbortController();
  const connection = meddled(world, chance.below(14), async () => {
    stop.abort();
    await Promise.resolve();
  });
  await expectReport(wanted, await restore(world, wanted, { connection, signal: stop.signal, codes: ["CANCELLED"] }));
};

/** The server takes everybody but one. */
const restoreRefused: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted === null) return;
  const refusedId = JSON.stringify(chance.shuffled(await recordsOf(wanted.backup))[0]?.id ?? "nobody");
  const body = Buffer.from(JSON.stringify({ error: "ChromaError", message: "Quota exceeded" }));
  const refusal = fromAnswer({ status: 422, contentType: "application/json", retryAfter: undefined, location: undefined, body }, { method: "POST", path: "/add", redact: (text) => text });
  const connection: ChromaConnection = {
    ...world.connection,
    post: async (...call) => {
      if (call[1] !== "get" && call[2].includes(`"ids":[${refusedId}`)) throw refusal;
      return await world.connection.post(...call);
    },
  };
  await expectReport(wanted, await restore(world, wanted, { connection, codes: ["QUOTA_EXCEEDED", "SERVER_REFUSED"] }));
};

const restoreWhileBusy: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted === null) return;
  const meanwhile: Meanwhile = { deleted: new Set(), changed: new Set() };
  const connection = meddled(world, chance.below(14), async () => await meanwhileSteps[chance.below(meanwhileSteps.length)]?.(world, chance, meanwhile));
  const { before, after } = await restore(world, wanted, { connection, codes: ["PLAN_STALE"], meanwhile });
  // Whoever came just now is as they came. Between the last look at somebody who is put back and the writing nobody can look.
  for (const id of meanwhile.changed) must((wanted.policy === "overwrite" && before.site?.has(id) === true) || after.site?.get(id)?.text === world.ever.get(id)?.text, `${id} was overwritten`, [before.site?.get(id)?.text, world.ever.get(id)?.text, after.site?.get(id)?.text]);
};

const restoreAndUndo: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted === null) return;
  const restored = await restore(world, { ...wanted, policy: "overwrite" });
  await expectReport({ ...wanted, policy: "overwrite" }, restored);
  const { before, after, value } = restored;
  if (value === null || value.safetyBackup === null) return;
  const site = { ...siteOf(world), safetyFolder: world.folder };
  const undone = await engine(world, { codes: [], mayChange: (id) => before.site?.has(id) === true }, async () => await undoRestore({ ...site, undo: await planUndo(site) }));
  if (undone.error !== null) return;
  const told = new Set([...value.problems, ...undone.value.problems].map(({ id }) => id));
  for (const { id, text } of accountsOf(before.site)) must(told.has(id) || undone.after.site?.get(id)?.text === text, `${id} is not as before`, [text, undone.after.site?.get(id)?.text]);
  must(undone.after.site?.size === after.site?.size, "an undo adds and deletes nobody");
};

const undoSome: EngineStep = async (world) => {
  const site = { ...siteOf(world), safetyFolder: world.folder };
  const codes = ["COLLECTION_NOT_FOUND", "BACKUP_NOT_FOUND", "BACKUP_DAMAGED", "NOT_A_BACKUP", "PASSPHRASE_NEEDED", "PASSPHRASE_WRONG"] as const;
  const { before, after } = await engine(world, { codes, mayChange: () => true }, async () => await undoRestore({ ...site, undo: await planUndo(site) }));
  must(accountsOf(before.site).length === accountsOf(after.site).length, "an undo adds and deletes nobody");
};

const backUpAndRestoreAtOnce: EngineStep = async (world, chance) => {
  const wanted = await wantSome(world, chance);
  if (wanted === null) return;
  const request = { ...siteOf(world), ...wanted, dimension: DIMENSION, safetyFolder: world.folder, plan: null };
  await engine(world, { codes: BACKUP_CODES, mayChange: () => wanted.policy === "overwrite" }, async () => await bothDone<unknown>([backupSite(siteOf(world)), restoreSite(request)]));
};

/** After a wipe, by whichever of the two does it. */
async function expectEverybodyBack(world: World, { before, after, error }: Outcome<unknown>): Promise<void> {
  if (error !== null || !triesEverything(world, before)) return;
  const { people, newest, later } = reachOf(before.folder, canOpen(world));
  const missing = [newest, ...later].flatMap((file) => missingPeople(file?.content?.people ?? new Map<string, Held>(), after.site ?? new Map()));
  must(missing.length === 0, "not brought back", missing.map(({ id }) => id));
  for (const { id, version } of people.values()) {
    const there = after.site?.get(id);
    must(there === undefined || there.version >= version, `${id} is back in an older version`, [there?.version, version]);
  }
  await Promise.resolve();
}

const startUp: EngineStep = async (world, chance) => {
  await wipeSite(world, chance);
  const site = siteOf(world);
  const outcome = await engine(world, { codes: CHOOSING }, async () => {
    must((await accountsAtStartup(site, world.folder)) === null, "nobody is there");
    const chosen = await chooseStartupBackup({ site, place: world.folder, variable: "", passphrase: world.passphrase });
    if (chosen === null) return null;
    const { backup } = await chooseBackup(chosen.choice, { passphrase: world.passphrase });
    return await restoreEveryone({ ...site, backup, dimension: DIMENSION });
  });
  await expectEverybodyBack(world, outcome);
};

/** The same as long as nobody changes its passphrase. */
async function watcherOf(world: World): Promise<SiteWatcher> {
  const { folder, passphrase, watching } = world;
  if (watching !== null && watching.passphrase === passphrase) return watching.watcher;
  await watching?.watcher.close();
  const source = { kind: "server" as const, url: world.url };
  const clock = { now: () => new Date(world.now), sleep: async () => await Promise.resolve() };
  const onNews = async ({ kind }: { kind: string }): Promise<void> => {
    world.told.push(`"${kind}"`);
    await Promise.resolve();
  };
  const watcher = createSiteWatcher({ source, collectionName: world.site.collectionName, folder, passphrase }, { clock, restoreAfterWipe: true, fullCheckMs: FULL_CHECK_MS, onNews });
  world.watching = { watcher, passphrase };
  return watcher;
}

const watcherLooks: EngineStep = async (world) => {
  const watcher = await watcherOf(world);
  // The site may look as it did when it was looked at last, and have had people between: that is seen when it is read in full.
  world.now += FULL_CHECK_MS;
  const outcome = await engine(world, { codes: [], mayChange: () => true }, async () => await watcher.look(new AbortController().signal));
  const { before, after } = outcome;
  for (const { id, version } of accountsOf(before.site)) must((after.site?.get(id)?.version ?? -1) >= version, `${id} was put back to an older version`);
  if (accountsOf(before.site).length === 0 && reachOf(before.folder, canOpen(world)).newest?.content?.isOurs === true && outcome.value !== "failed") await expectEverybodyBack(world, outcome);
};

/** Through the library, whose clock is the computer's own. */
export async function startUpByLibrary(world: World, chance: Chance): Promise<void> {
  await wipeSite(world, chance);
  const outcome = await engine(world, { codes: [] }, async () => {
    const accounts = persistAccounts({ source: { kind: "server", url: world.url }, collectionName: world.site.collectionName, folder: world.folder, passphrase: world.passphrase, variable: "", log: () => undefined });
    return await accounts.restoreOnStartup();
  });
  const report = outcome.value;
  if (report?.ok === true) await expectEverybodyBack(world, outcome);
  else must(report !== null && CHOOSING.includes(report.error.code), `failed with ${report?.error.code ?? ""}`);
}

export const restoreSteps = { restoreSome, restoreAborted, restoreRefused, restoreWhileBusy, restoreAndUndo, undoSome, backUpAndRestoreAtOnce, startUp, watcherLooks } as const satisfies Record<string, EngineStep>;
