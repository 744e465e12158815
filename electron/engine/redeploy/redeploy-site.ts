/**
 * A redeploy without a gap: backup, variable, last look, deploy, follow, bring back who is missing. Owns the order, and
 * that what was begun is finished before anything new begins.
 */
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled, type OperationOptions } from "../../../shared/progress.ts";
import { systemClock, type Clock } from "../clock.ts";
import { DeployUncertain, type RenderClient } from "../render/render-client.ts";
import { shortWait, withVaultLock } from "../vault/lock.ts";
import { openVault } from "../vault/vault.ts";
import { isNotEligible } from "../variable/offer.ts";
import { followDeploy, type Followed } from "./follow-deploy.ts";
import { setHostVariable } from "./host-variable.ts";
import { readJournal, removeJournal, writeJournal, type RedeployJournal } from "./journal.ts";
import { createSiteKeeper, type SettledSite } from "./look-after-site.ts";
import { prepareRedeploy } from "./prepare.ts";
import { putRightAfterVariable } from "./old-variable.ts";
import { DEFAULT_PACE, type RedeployPace, type RedeployReport, type RedeployRequest, type VariableOutcome } from "./redeploy.ts";
import { createSiteContact, type ContactedSite, type SiteContact } from "./site-contact.ts";

/** A watcher that looks whether a redeploy is under way holds the lock for a moment. */
const PEEK_MS = 3_000;
/** Render's list may be a moment behind; longer where it has said that a deploy is coming. */
const UNCERTAIN_LOOKS = 3;
const ACCEPTED_LOOKS = 60;

interface Redeploy {
  readonly request: RedeployRequest;
  readonly clock: Clock;
  readonly pace: RedeployPace;
  readonly contact: SiteContact;
}

/**
 * Backs the site up and verifies it, sets the variable at Render (where the site may use it), looks for new accounts
 * once more, has Render deploy, follows that, and brings back everyone whom the wipe took, also who registered
 * meanwhile. A redeploy that was begun before, here or by a program that was closed, is finished first, and nothing is
 * deployed anew.
 *
 * Until Render is asked to deploy, `signal` stops everything and nothing has happened but a backup and perhaps a new
 * value of the variable. From then on the vault holds a journal, and CANCELLED only means that we have stopped looking:
 * run it again, with `resumeOnly` if nothing new may begin.
 *
 * Throws the codes of `readJournal`, `prepareRedeploy`, `RenderClient` and `followDeploy`; BUSY while another one follows a redeploy of
 * this vault; DEPLOY_UNCERTAIN when nobody knows whether Render deploys (the next run looks first).
 */
export async function redeploySite(request: RedeployRequest, options: OperationOptions = {}): Promise<RedeployReport> {
  throwIfCancelled(options.signal);
  const clock = request.clock ?? systemClock;
  const contact = createSiteContact(request, () => clock.now());
  const vault = await openVault(request.folder, { create: true });
  try {
    return await withVaultLock(
      vault.folder,
      async (signal) => await run({ request, clock, contact, pace: { ...DEFAULT_PACE, ...request.pace } }, { ...options, signal }),
      { signal: options.signal, purpose: "redeploy", waitMs: shortWait(PEEK_MS) },
    );
  } finally {
    await contact.letGo();
  }
}

async function run(redeploy: Redeploy, options: OperationOptions): Promise<RedeployReport> {
  const { request, clock } = redeploy;
  const begun = await readJournal(request.folder);
  if (begun !== null) {
    const found = begun.deployId === null ? await findDeploy(redeploy, begun, options) : { ...begun, deployId: begun.deployId };
    if (found !== null) return await finish(redeploy, { journal: found, variable: { state: "unknown" }, settled: null, resumed: true }, options);
    // Render knows of no deploy since: it never began.
    await removeJournal(request.folder);
  }
  if (request.resumeOnly === true) return nothingBegun(clock.now());

  const { render, serviceId } = request;
  await refuseSuspended(render, serviceId, options);
  const site = await redeploy.contact.reach({ ...options, patient: true });
  const { seen, variable, settled, putRight } = await prepareRedeploy(site, render, serviceId, options);
  const [before] = await render.listDeploys(serviceId, { limit: 1, signal: options.signal });
  const journal: RedeployJournal = {
    version: 1,
    serviceId,
    askedAt: clock.now().toISOString(),
    deployId: null,
    deployBefore: before?.id ?? null,
    accounts: seen.accounts,
    collectionId: seen.collectionId,
    downAt: null,
    backAt: null,
    wipedAt: null,
    restored: 0,
    putRight,
  };
  await writeJournal(request.folder, journal);
  return await finish(redeploy, { journal: await deploy(redeploy, journal, options), variable, settled, resumed: false }, options);
}

type StartedJournal = RedeployJournal & { readonly deployId: string };

/** Asks Render once. Throws with the journal taken back where it is certain that nothing began. */
async function deploy(redeploy: Redeploy, journal: RedeployJournal, options: OperationOptions): Promise<StartedJournal> {
  const { folder, render, serviceId } = redeploy.request;
  options.onProgress?.({ phase: "deploying", done: 0, total: null, unit: "seconds", canCancel: false, problems: 0 });
  let started: StartedJournal | null;
  try {
    started = { ...journal, deployId: (await render.startDeploy(serviceId, { mode: "deploy_only", signal: options.signal })).id };
  } catch (error) {
    if (!isKeeperError(error, "DEPLOY_UNCERTAIN")) {
      await removeJournal(folder);
      throw error;
    }
    started = await findDeployPatiently(redeploy, journal, error instanceof DeployUncertain && error.accepted ? ACCEPTED_LOOKS : UNCERTAIN_LOOKS, options);
    if (started === null) throw error;
  }
  // What was begun is followed even where the disk is full.
  await writeJournal(folder, started).catch(() => undefined);
  return started;
}

async function findDeployPatiently(redeploy: Redeploy, journal: RedeployJournal, looks: number, options: OperationOptions): Promise<StartedJournal | null> {
  for (let look = 1; look <= looks; look += 1) {
    const found = await findDeploy(redeploy, journal, options).catch((error: unknown) => {
      if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
      return null;
    });
    if (found !== null) return found;
    await redeploy.clock.sleep(redeploy.pace.lookEveryMs, options.signal ?? new AbortController().signal);
  }
  return null;
}

/** The newest deploy that Render began since it was asked; null: there is none. By their names, for clocks differ. */
async function findDeploy({ request }: Redeploy, journal: RedeployJournal, { signal }: OperationOptions): Promise<StartedJournal | null> {
  const [newest] = await request.render.listDeploys(journal.serviceId, { limit: 1, signal });
  return newest === undefined || newest.id === journal.deployBefore ? null : { ...journal, deployId: newest.id };
}

interface Started {
  readonly journal: StartedJournal;
  readonly variable: VariableOutcome;
  /** The site as it was last found in order; null after a restart of this program. */
  readonly settled: SettledSite | null;
  readonly resumed: boolean;
}

async function finish(redeploy: Redeploy, { journal, variable, settled, resumed }: Started, options: OperationOptions): Promise<RedeployReport> {
  const { request, clock, pace, contact } = redeploy;
  const { folder, render } = request;
  let followed: Followed;
  try {
    const keeper = createSiteKeeper({
      contact,
      collectionId: journal.collectionId,
      settled,
      reword: request.reword,
      putRight: async (site, inside) => await putRightAfterVariable(site, render, journal.serviceId, inside),
    });
    followed = await followDeploy({ folder, render, journal, keeper, clock, pace }, options);
  } catch (error) {
    // A deploy that failed has nothing more to come.
    if (isKeeperError(error, "DEPLOY_FAILED")) await removeJournal(folder);
    throw error;
  }
  const remarks = [...followed.remarks];
  const site = await contact.reach({ signal: options.signal, patient: false });
  const { wipedAt, downAt, backAt, restored } = followed.journal;
  const later = await refreshVariable(site, { render, serviceId: journal.serviceId }, variable, remarks, options);
  await removeJournal(folder);
  return {
    outcome: wipedAt === null ? "kept" : restored > 0 ? "restored" : "restored_itself",
    accounts: journal.accounts,
    accountsOnSite: followed.accountsOnSite,
    restored,
    newcomers: followed.newcomers,
    missing: followed.missing,
    putRight: followed.journal.putRight,
    variable: later,
    serviceId: journal.serviceId,
    deployId: followed.journal.deployId,
    startedAt: new Date(journal.askedAt),
    downAt: timeOf(downAt),
    backAt: timeOf(backAt),
    wipedAt: timeOf(wipedAt),
    endedAt: clock.now(),
    resumed,
    remarks,
  };
}

/** Who registered meanwhile is not in the value that was set before. Nothing is deployed by it, and it may wait. */
async function refreshVariable(site: ContactedSite, { render, serviceId }: Pick<RedeployRequest, "render" | "serviceId">, before: VariableOutcome, remarks: string[], options: OperationOptions): Promise<VariableOutcome> {
  try {
    const { accounts, length, checksum, wasSet } = await setHostVariable({ render, serviceId, site, isVouchedFor: true }, { signal: options.signal });
    return { state: wasSet || before.state === "set" ? "set" : "was_current", accounts, length, checksum };
  } catch (error) {
    throwIfCancelled(options.signal);
    if (isNotEligible(error)) return { state: "not_eligible", message: error.message };
    remarks.push(`The variable at Render could not be brought up to date: ${sentenceOf(error)}`);
    return before;
  }
}

function sentenceOf(error: unknown): string {
  return isKeeperError(error) ? error.message : "something unexpected happened.";
}

async function refuseSuspended(render: RenderClient, serviceId: string, { signal }: OperationOptions): Promise<void> {
  const service = await render.readService(serviceId, { signal });
  if (!service.suspended) return;
  throw new KeeperError("HOST_REFUSED", `Your service ${service.name} is suspended at Render.`, { hint: "Resume it in Render, then start again. Nothing was deployed." });
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function nothingBegun(now: Date): RedeployReport {
  const nothing = { accounts: 0, accountsOnSite: 0, restored: 0, newcomers: 0, missing: [], putRight: 0, serviceId: null, deployId: null, downAt: null, backAt: null, wipedAt: null, remarks: [] };
  return { ...nothing, outcome: "nothing_begun", variable: { state: "unknown" }, startedAt: now, endedAt: now, resumed: false };
}
