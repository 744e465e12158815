/** The variable as Render holds it: compared with the site, and set. Its value is in no error and no report. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { count } from "../activity/words.ts";
import { accountLine } from "../backup/lines.ts";
import { openBackup } from "../backup/read-backup.ts";
import { RequestFailure } from "../chroma/classify.ts";
import { compareSides, isSame } from "../diff/compare.ts";
import { sideOfBackup, sideOfSite, type Side } from "../diff/side.ts";
import { variableOfSite, type Site } from "../operations/make-variable.ts";
import type { RenderClient } from "../render/render-client.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";

export interface HostVariableRequest {
  readonly render: RenderClient;
  readonly serviceId: string;
  readonly site: Site;
}

interface SetVariableRequest extends HostVariableRequest {
  /** The site was just compared with its backups: whoever is not on it is meant to be gone. Default false. */
  readonly isVouchedFor?: boolean | undefined;
}

export interface HeldVariable {
  /** unreadable: it is set to something that would bring nobody back, such as a value that was cut. */
  readonly state: "current" | "stale" | "not_set" | "unreadable";
  /** How many accounts it holds; 0 where it cannot be read. */
  readonly accounts: number;
  /** Ids: on the site and not in it, in another version, and in it though no longer on the site. */
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  /** What is wrong with one that cannot be read. */
  readonly message: string | null;
}

export interface SetVariable {
  readonly accounts: number;
  /** Characters. */
  readonly length: number;
  /** Short; for the owner to compare. */
  readonly checksum: string;
  /** Records that are no accounts, which the variable cannot hold. */
  readonly leftOut: number;
  /** False: Render held it already. */
  readonly wasSet: boolean;
}

/**
 * Compares what Render holds with who is on the site. Changes nothing. Throws the codes of `RenderClient` and of
 * `ChromaConnection`, CANCELLED.
 */
export async function checkHostVariable({ render, serviceId, site }: HostVariableRequest, options: OperationOptions = {}): Promise<HeldVariable> {
  return await compareWithSite(await render.readVariable(serviceId, VARIABLE_NAME, { signal: options.signal }), site, options);
}

async function compareWithSite(text: string | null, site: Site, options: OperationOptions): Promise<HeldVariable> {
  const { signal } = options;
  const nobody = { accounts: 0, missing: [], changed: [], gone: [] };
  if (text === null || text.trim() === "") return { ...nobody, state: "not_set", message: null };
  let held;
  let accounts = 0;
  try {
    held = await openBackup({ text }, { signal });
    // To its end, as a restore reads it: that refuses all of it for one account it could not bring back.
    for await (const page of held.records()) accounts += page.length;
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    return { ...nobody, state: "unreadable", message: error.message };
  }
  const { collection } = await lookUpCollection(site.connection, site.collectionName, { signal });
  const diff = await compareSides(sideOfBackup(held), onlyAccounts(sideOfSite(site.connection, collection)), options);
  const lists = {
    accounts,
    missing: [...diff.added, ...diff.signedUpAgain.map(({ presentId }) => presentId)],
    changed: diff.changed.map(({ id }) => id),
    gone: [...diff.missing, ...diff.signedUpAgain.map(({ missingId }) => missingId)],
  };
  return { ...lists, state: isSame(diff) ? "current" : "stale", message: null };
}

/** What no variable can hold is not missing in this one. */
function onlyAccounts(side: Side): Side {
  return {
    ...side,
    async *pages(options) {
      for await (const page of side.pages(options)) yield page.filter(({ document }) => accountLine(document) !== null);
    },
  };
}

/** Whether nobody whom the variable holds is on the site: it was wiped, and what it holds may be the only copy at hand. */
export function holdsNobodyOnSite({ accounts, gone }: Pick<HeldVariable, "accounts" | "gone">): boolean {
  return accounts > 0 && gone.length === accounts;
}

/**
 * Makes the variable of the accounts on the site, sets it at Render, reads it back and compares. Render deploys nothing
 * by that. Throws NOT_ELIGIBLE (also where Render takes no value of this length), CONFIRMATION_NEEDED (nobody whom
 * Render's variable holds is on the site, and `isVouchedFor` is not set), VERIFICATION_FAILED (Render holds something
 * else than was sent), the codes of `variableOfSite` and of `RenderClient`, CANCELLED: then Render holds the earlier
 * value or the new one, never a part.
 */
export async function setHostVariable({ render, serviceId, site, isVouchedFor = false }: SetVariableRequest, options: OperationOptions = {}): Promise<SetVariable> {
  const { signal } = options;
  const { value, accounts, length, checksum, leftOut } = await variableOfSite(site, options);
  const report = (done: number): void => options.onProgress?.({ phase: "setting_variable", done, total: null, unit: "seconds", canCancel: true, problems: 0 });
  report(0);
  const facts = { accounts, length, checksum, leftOut };
  const before = await render.readVariable(serviceId, VARIABLE_NAME, { signal });
  if (before === value) return { ...facts, wasSet: false };
  if (!isVouchedFor) refuseWiped(await compareWithSite(before, site, { signal }));
  await render.writeVariable(serviceId, VARIABLE_NAME, value, { signal }).catch((error: unknown) => {
    throw error instanceof RequestFailure && VALUE_REFUSED.has(error.status ?? 0) ? notTaken(length, error) : error;
  });
  if ((await render.readVariable(serviceId, VARIABLE_NAME, { signal })) !== value) {
    throw new KeeperError("VERIFICATION_FAILED", "Render holds another value than the one we set.", { hint: "Somebody may have changed it at the same moment. Try again." });
  }
  return { ...facts, wasSet: true };
}

/** Of the value itself, which Render finds too long: its limit is not published (FACTS 4). */
const VALUE_REFUSED: ReadonlySet<number> = new Set([400, 413, 422]);

function notTaken(length: number, cause: RequestFailure): KeeperError {
  return new KeeperError("NOT_ELIGIBLE", `Render does not take a variable of ${grouped(length)} characters.`, { hint: "Your backups hold everyone. After a redeploy, bring the accounts back from a backup file instead.", cause });
}

function refuseWiped(held: HeldVariable): void {
  if (!holdsNobodyOnSite(held)) return;
  const whom = held.accounts === 1 ? "The 1 account" : `None of the ${count(held.accounts)}`;
  throw new KeeperError("CONFIRMATION_NEEDED", `${whom} in the variable at Render is ${held.accounts === 1 ? "not " : ""}on your site: it looks wiped.`, {
    hint: `Bring them back first. If it is right that they are gone, remove ${VARIABLE_NAME} in Render's dashboard, then set it again. Nothing was changed.`,
  });
}
