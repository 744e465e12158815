/** The variable as Render holds it: compared with the site, and set. Its value is in no error and no report. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { openBackup } from "../backup/read-backup.ts";
import { compareSides, isSame } from "../diff/compare.ts";
import { sideOfBackup, sideOfSite } from "../diff/side.ts";
import { variableOfSite, type Site } from "../operations/make-variable.ts";
import type { RenderClient } from "../render/render-client.ts";
import { lookUpCollection } from "../restore/plan-restore.ts";

export interface HostVariableRequest {
  readonly render: RenderClient;
  readonly serviceId: string;
  readonly site: Site;
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
  const { signal } = options;
  const nobody = { accounts: 0, missing: [], changed: [], gone: [] };
  const text = await render.readVariable(serviceId, VARIABLE_NAME, { signal });
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
  const diff = await compareSides(sideOfBackup(held), sideOfSite(site.connection, collection), options);
  const lists = {
    accounts,
    missing: [...diff.added, ...diff.signedUpAgain.map(({ presentId }) => presentId)],
    changed: diff.changed.map(({ id }) => id),
    gone: [...diff.missing, ...diff.signedUpAgain.map(({ missingId }) => missingId)],
  };
  return { ...lists, state: isSame(diff) ? "current" : "stale", message: null };
}

/**
 * Makes the variable of the accounts on the site, sets it at Render, reads it back and compares. Render deploys nothing
 * by that. Throws NOT_ELIGIBLE, VERIFICATION_FAILED (Render holds something else than was sent), the codes of
 * `variableOfSite` and of `RenderClient`, CANCELLED: then Render holds the earlier value or the new one, never a part.
 */
export async function setHostVariable({ render, serviceId, site }: HostVariableRequest, options: OperationOptions = {}): Promise<SetVariable> {
  const { signal } = options;
  const { value, accounts, length, checksum, leftOut } = await variableOfSite(site, options);
  const report = (done: number): void => options.onProgress?.({ phase: "setting_variable", done, total: null, unit: "seconds", canCancel: true, problems: 0 });
  report(0);
  const facts = { accounts, length, checksum, leftOut };
  if ((await render.readVariable(serviceId, VARIABLE_NAME, { signal })) === value) return { ...facts, wasSet: false };
  await render.writeVariable(serviceId, VARIABLE_NAME, value, { signal });
  if ((await render.readVariable(serviceId, VARIABLE_NAME, { signal })) !== value) {
    throw new KeeperError("VERIFICATION_FAILED", "Render holds another value than the one we set.", { hint: "Somebody may have changed it at the same moment. Try again." });
  }
  return { ...facts, wasSet: true };
}
