/** Everything before the deploy: old versions put right, backup, variable, and the last look for whoever signed up meanwhile. Nothing here can lose an account. */
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { count } from "../activity/words.ts";
import { backupSite, type BackupReport } from "../operations/backup-site.ts";
import { contentOfSite, glanceAtSite, judgeAgainstVault, type Glance } from "../operations/judge-against-vault.ts";
import type { RenderClient } from "../render/render-client.ts";
import { isNotEligible } from "../variable/offer.ts";
import { setHostVariable } from "./host-variable.ts";
import { putRightAfterVariable } from "./old-variable.ts";
import type { VariableOutcome } from "./redeploy.ts";
import type { SettledSite } from "./look-after-site.ts";
import type { ContactedSite } from "./site-contact.ts";

export interface Prepared {
  /** The site as it was just before the deploy. */
  readonly seen: Glance;
  /** What was on it, and in the newest backup. Null on a site that would not hold still: somebody may be in no backup yet. */
  readonly settled: SettledSite | null;
  readonly variable: VariableOutcome;
  /** Had come back in an older version after an earlier wipe, and were put right. */
  readonly putRight: number;
}

/** On a site where somebody signs up every second no look is the last one; whoever comes after these is backed up while the deploy runs. */
const MAX_ROUNDS = 5;

/**
 * Backs up, sets the variable where the site may use it, and looks once more; again while the site has changed. Throws
 * the codes of `judgeAgainstVault`, `putRightAfterVariable`, `backupSite` and `setHostVariable`, CONFIRMATION_NEEDED when
 * somebody of the last backup is not on the site, CANCELLED: then nothing was deployed, and the backups made so far are
 * whole.
 */
export async function prepareRedeploy(site: ContactedSite, render: RenderClient, serviceId: string, options: OperationOptions): Promise<Prepared> {
  // Without its progress: whoever sees accounts being restored takes the site for deployed.
  const putRight = await putRightFirst(site, render, serviceId, { signal: options.signal });
  for (let round = 1; ; round += 1) {
    refuseFewer(await backupSite(site, options));
    const variable = await setVariable(site, render, serviceId, options);
    options.onProgress?.({ phase: "checking_again", done: 0, total: null, unit: "accounts", canCancel: true, problems: 0 });
    const seen = await glanceAtSite(site, options);
    const settled = await settledSite(site, seen, options);
    if (settled !== null || round === MAX_ROUNDS) return { seen, settled, variable, putRight };
  }
}

/** The site may have been wiped and have restored itself since its newest backup: an old password must not become the newest. */
async function putRightFirst(site: ContactedSite, render: RenderClient, serviceId: string, options: OperationOptions): Promise<number> {
  const seen = await glanceAtSite(site, options);
  const { verdict, newest } = await judgeAgainstVault(site, seen, options);
  const isSame = newest === null || newest.collectionId === null || newest.collectionId === seen.collectionId;
  return verdict.kind === "all_there" && !isSame ? await putRightAfterVariable(site, render, serviceId, options) : 0;
}

/** A redeploy would end with a question nobody could answer any more: were they deleted, or wiped? */
function refuseFewer({ fewerThan }: BackupReport): void {
  if (fewerThan === null) return;
  throw new KeeperError("CONFIRMATION_NEEDED", `${count(fewerThan.missing)} of your last backup ${fewerThan.missing === 1 ? "is" : "are"} not on your site.`, {
    hint: "Bring them back first, or say that they were deleted on purpose by backing up with fewer accounts. Nothing was deployed.",
  });
}

async function setVariable(site: ContactedSite, render: RenderClient, serviceId: string, options: OperationOptions): Promise<VariableOutcome> {
  try {
    const { accounts, length, checksum, wasSet } = await setHostVariable({ render, serviceId, site, isVouchedFor: true }, options);
    return { state: wasSet ? "set" : "was_current", accounts, length, checksum };
  } catch (error) {
    if (isNotEligible(error)) return { state: "not_eligible", message: error.message };
    throw error;
  }
}

/** The site when the newest backup holds exactly what is on it now; else null. */
async function settledSite(site: ContactedSite, seen: Glance, options: OperationOptions): Promise<SettledSite | null> {
  const { verdict, newest } = await judgeAgainstVault(site, seen, options);
  if (verdict.kind !== "all_there" || newest?.collectionId !== seen.collectionId) return null;
  const content = await contentOfSite(site.connection, seen, options);
  return newest.content === content ? { seen, content } : null;
}
