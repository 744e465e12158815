/** `account-keeper diff`: what has changed between a backup and the site, or another backup. */
import { join } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { compareSides, isSame, type Diff } from "../../engine/diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../../engine/diff/side.ts";
import { chooseBackup, type BackupChoice, type ChosenBackup } from "../../engine/operations/restore-site.ts";
import type { OpenSite } from "../../engine/operations/restore-target.ts";
import { lookUpCollection } from "../../engine/restore/plan-restore.ts";
import { openChosenBackup } from "../backup-choice.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { withGivenPassphrase } from "../passphrase.ts";
import { withSite } from "../site.ts";
import { countAccounts, dateAndTime, shownIds } from "../words.ts";
import { sayPassedOver } from "./backup.ts";

/** Exit code 0 when nothing has changed, 3 when something has, 10 when there is no backup. */
export async function diff(given: CliContext, options: OptionsOf["diff"]): Promise<ExitCode> {
  if (options.from === "-" && options.with === "-") throw new KeeperError("USAGE", "Only one of --from and --with can be standard input.", { hint: "Save one of the two as a file." });
  const context = await withGivenPassphrase(given, options.passphraseFile);
  const before = await openPlace(context, options.from);
  const found = options.with === undefined ? await compareWithSite(context, options, before) : await compareWithBackup(context, options.with, before);
  context.progress.stop();
  sayDiff(context.output, before, found);
  const same = isSame(found.diff);
  context.output.result({ same, from: placeOf(before), with: found.place, collection_exists: found.collectionExists, ...forMachines(found.diff) });
  return same ? exitCodes.done : exitCodes.doneWithProblems;
}

/** A backup, and where it lies: the same name may stand in many folders. */
interface Opened extends ChosenBackup {
  /** As the place was given; null for text. */
  readonly path: string | null;
}

interface Found {
  readonly diff: Diff;
  /** What the backup was compared with: another one, or the site. */
  readonly after: Opened | null;
  /** The same for machines. */
  readonly place: Readonly<Record<string, unknown>>;
  /** Null when it was compared with another backup. */
  readonly collectionExists: boolean | null;
}

async function openPlace(context: CliContext, place: string): Promise<Opened> {
  const open = async (choice: BackupChoice, options: Parameters<typeof chooseBackup>[1]): Promise<Opened> => {
    const found = await chooseBackup(choice, options);
    return { ...found, path: choice.kind === "vault" && found.name !== null ? join(choice.folder, found.name) : found.name };
  };
  // Both may be locked, each in its own way.
  const chosen = await openChosenBackup(context, place, undefined, open, place === "-" ? undefined : `Passphrase of ${shown(place)}: `);
  context.progress.stop();
  sayPassedOver(context.output, chosen.passedOver);
  return chosen;
}

async function compareWithSite(context: CliContext, options: OptionsOf["diff"], { backup }: Opened): Promise<Found> {
  const operation = { signal: context.signal, onProgress: context.progress.onProgress };
  const compare = async ({ connection, collectionName, site }: OpenSite): Promise<Found> => {
    const { collection } = await lookUpCollection(connection, collectionName, operation);
    const found = await compareSides(sideOfBackup(backup), sideOfSite(connection, collection), operation);
    context.progress.stop();
    if (collection === null) context.output.say(`There is no collection named ${JSON.stringify(shown(collectionName))} on your site.`);
    return { diff: found, after: null, place: { site, collection: collectionName }, collectionExists: collection !== null };
  };
  // A wiped server has forgotten its databases: then everyone is missing, and that is the answer.
  return await withSite(context, options, compare, { allowMissingDatabase: true });
}

async function compareWithBackup(context: CliContext, place: string, { backup }: Opened): Promise<Found> {
  const after = await openPlace(context, place);
  const operation = { signal: context.signal, onProgress: context.progress.onProgress };
  const found = await compareSides(sideOfBackup(backup), sideOfBackup(after.backup), operation);
  return { diff: found, after, place: placeOf(after), collectionExists: null };
}

/** In words; by its path where the other one has the same name. */
function nameOf({ name, path, backup }: Opened, other: Opened | null): string {
  const known = name === other?.name ? path : name;
  return `${known === null ? "the text you gave" : shown(known)}, ${dateAndTime(backup.timestamp)}`;
}

function placeOf({ name, path, backup }: Opened): Readonly<Record<string, unknown>> {
  return { name, path, kind: backup.kind, timestamp: backup.timestamp?.toISOString() ?? null };
}

const SHOWN = 10;

function sayDiff(output: Output, before: Opened, { diff: { compared, counts, added, changed, missing, signedUpAgain }, after }: Found): void {
  const what = before.backup.kind === "variable" ? "variable" : "backup";
  output.say(`From ${nameOf(before, after)}, to ${after === null ? "your site as it is now" : nameOf(after, before)}.`);
  if (counts.added + counts.changed + counts.missing + counts.signedUpAgain === 0) output.say(`Nothing has changed since that ${what}: ${countAccounts(counts.same)}, all the same.`);
  else output.say(`${grouped(counts.added)} added · ${grouped(counts.changed)} changed · ${grouped(counts.missing)} missing since that ${what}.`);
  if (counts.added > 0) output.say(`Added: ${idList(added, counts.added)}`);
  sayLines(output, "Changed:", counts.changed, changed.map(({ id, fields }) => `${shown(id)}: ${shownIds(fields)}`));
  if (counts.missing > 0) output.say(`Missing: ${idList(missing, counts.missing)}`);
  sayLines(output, "Signed up again under another id:", counts.signedUpAgain, signedUpAgain.map(({ missingId, presentId }) => `${shown(missingId)}, now ${shown(presentId)}`));
  if (compared === "accounts") output.say("Only the accounts themselves were compared: one of the two does not hold what ChromaDB keeps beside them.");
  if (isOlder(after, before)) output.say("The second one is the older. Change the two over to see what has happened since.");
}

/** Null is the site, which is newer than anything. */
function isOlder(after: Opened | null, before: Opened): boolean {
  const [then, now] = [before.backup.timestamp, after?.backup.timestamp ?? null];
  return then !== null && now !== null && now < then;
}

function sayLines(output: Output, title: string, count: number, lines: readonly string[]): void {
  if (count === 0) return;
  output.say(title);
  for (const line of lines.slice(0, SHOWN)) output.say(`  ${line}`);
  if (count > SHOWN) output.say(`  and ${grouped(count - SHOWN)} more`);
}

/** `ids` may hold fewer than `count`. */
function idList(ids: readonly string[], count: number): string {
  const rest = count - Math.min(count, SHOWN);
  return `${ids.slice(0, SHOWN).map(shown).join(", ")}${rest > 0 ? ` and ${grouped(rest)} more` : ""}.`;
}

function forMachines({ compared, counts, added, changed, missing, signedUpAgain }: Diff): Readonly<Record<string, unknown>> {
  return {
    compared,
    counts: { added: counts.added, changed: counts.changed, missing: counts.missing, signed_up_again: counts.signedUpAgain, same: counts.same },
    added,
    changed,
    missing,
    signed_up_again: signedUpAgain.map(({ missingId, presentId }) => ({ missing_id: missingId, present_id: presentId })),
  };
}
