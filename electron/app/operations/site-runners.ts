/** Operations that look at a site or write to it: test, look, backup, restore, undo, compare, prune. */
import { randomUUID } from "node:crypto";
import { KeeperError } from "../../../shared/errors.ts";
import type { OperationRequest, OperationResult } from "../../../shared/operations.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { OpenBackup } from "../../engine/backup/read-backup.ts";
import { openSource, type OpenSource } from "../../engine/chroma/open-source.ts";
import { compareSides, isSame } from "../../engine/diff/compare.ts";
import { sideOfBackup, sideOfSite, type Side } from "../../engine/diff/side.ts";
import { backupSite } from "../../engine/operations/backup-site.ts";
import { missingWithLater } from "../../engine/operations/later-copies.ts";
import { restoreEveryone } from "../../engine/operations/restore-everyone.ts";
import { clearRestoreMark } from "../../engine/operations/restore-mark.ts";
import { restoreSite } from "../../engine/operations/restore-site.ts";
import { withRestoreTarget, type OpenSite, type RestoreTarget } from "../../engine/operations/restore-target.ts";
import { planUndo, undoRestore, type UndoPlan } from "../../engine/operations/undo-restore.ts";
import { otherOriginOf } from "../../engine/operations/whose-vault.ts";
import { idsNotRestored, problemsToLookAt } from "../../engine/record.ts";
import { lookUpCollection, planRestore, type RestorePlan, type RestorePolicy } from "../../engine/restore/plan-restore.ts";
import { pruneVault, planPrune } from "../../engine/vault/prune.ts";
import { openVault } from "../../engine/vault/vault.ts";
import type { Services } from "../services.ts";
import { passphraseOfSite, sourceOfSite } from "../sites/site-sources.ts";
import { noteVaultUsed, requireVault } from "../sites/used-vault.ts";
import { siteOf, type StoredSite } from "../sites/site-store.ts";
import { words } from "../watch/words.ts";
import { lookAtSite } from "./look-at-site.ts";
import { openFrom, type OpenedFrom } from "./open-from.ts";
import type { Finished, Runners } from "./registry.ts";
import { backupView, firstIds, planView, reportView } from "./views.ts";

type Options = Required<OperationOptions>;

/** A plan the owner looks at, until it is carried out or forgotten. */
type KeptPlan =
  | {
      readonly kind: "restore";
      readonly siteId: string;
      readonly from: OpenedFrom;
      /** Of the vault's newest backup, nobody left out. */
      readonly isOfEveryone: boolean;
      /** Whoever is only in later copies comes back too. */
      readonly isWithLater: boolean;
      readonly plan: RestorePlan;
      readonly policy: RestorePolicy;
      readonly only: readonly string[] | undefined;
      readonly dimension: number | undefined;
    }
  | { readonly kind: "undo"; readonly siteId: string; readonly undo: UndoPlan; readonly passphrase: string | undefined };

/** A plan holds the hashes of a whole site: the last few are enough. */
const MAX_PLANS = 5;

export function createSiteRunners(services: Services): Pick<Runners, "look" | "backup" | "plan_restore" | "restore" | "plan_undo" | "undo" | "diff" | "prune"> {
  const { store, secrets, demos, record } = services;
  const plans = new Map<string, KeptPlan>();

  function keepPlan(plan: KeptPlan): string {
    const planId = randomUUID();
    plans.set(planId, plan);
    const [oldest] = plans.keys();
    if (plans.size > MAX_PLANS && oldest !== undefined) plans.delete(oldest);
    return planId;
  }

  /** Throws PLAN_STALE for one that was forgotten: the way on is the same as for one that no longer holds. */
  function takePlan<K extends KeptPlan["kind"]>(planId: string, siteId: string, kind: K): Extract<KeptPlan, { kind: K }> {
    const plan = plans.get(planId);
    if (plan === undefined || plan.siteId !== siteId || !isOfKind(plan, kind)) throw new KeeperError("PLAN_STALE", "This plan is not kept any more.", { hint: "Look at the new plan, then go on." });
    plans.delete(planId);
    return plan;
  }

  async function withTarget<T>(site: StoredSite, options: Options, work: (target: RestoreTarget) => Promise<T>): Promise<T> {
    return await withRestoreTarget({ source: await sourceOfSite(site, secrets, demos), collectionName: site.collectionName }, options, work);
  }

  async function withSite<T>(site: StoredSite, options: Options, work: (open: OpenSite) => Promise<T>): Promise<T> {
    const opened: OpenSource = await openSource(await sourceOfSite(site, secrets, demos), { ...options, allowMissingDatabase: true });
    try {
      const { connection } = opened;
      return await work({ connection, collectionName: site.collectionName, site: site.source.kind === "folder" ? site.source.path : connection.address });
    } finally {
      await opened.close();
    }
  }

  async function backup({ siteId, acceptFewer }: OperationRequest<"backup">, options: Options): Promise<Finished<"backup">> {
    const site = siteOf(store, siteId);
    await requireVault(site);
    const passphrase = await passphraseOfSite(site, secrets);
    const report = await withSite(site, options, async (open) => await backupSite({ ...open, folder: site.vault, passphrase, encrypt: site.encrypted, acceptFewer, now: () => services.clock.now() }, options));
    await noteVaultUsed(services, site);
    if (report.outcome === "written") for (const news of words.afterBackup(report)) await record(site, news);
    return { result: backupView(report), hasProblems: report.problemCount > 0 || report.fewerThan !== null || report.olderVersions !== null };
  }

  async function plan({ siteId, from, policy, only, dimension, passphrase }: OperationRequest<"plan_restore">, options: Options): Promise<Finished<"plan_restore">> {
    const site = siteOf(store, siteId);
    const opened = await openFrom(services, site, from, { passphrase, signal: options.signal });
    return await withTarget(site, options, async (target) => {
      const made = await planRestore({ ...target.site, backup: opened.backup, policy, only, dimension }, options);
      const otherOrigin = await otherOriginOf(opened.backup, target.site, site.vault);
      const isOfEveryone = from.kind === "newest" && only === undefined;
      const later = async (): Promise<ReadonlySet<string> | null> =>
        await missingWithLater({ ...target.site, vault: await openVault(site.vault), restored: opened.backup, passphrase: opened.passphrase }, made.collection?.id ?? null, options);
      const withLater = isOfEveryone && policy === "add_missing" && otherOrigin === null ? await later() : null;
      const planId = keepPlan({ kind: "restore", siteId, from: opened, isOfEveryone, isWithLater: withLater !== null, plan: made, policy, only, dimension });
      return { result: planView({ planId, from: opened, otherOrigin, plan: made, withLater, copiesFolder: target.copiesFolder }) };
    });
  }

  async function restore({ siteId, planId }: OperationRequest<"restore">, options: Options): Promise<Finished<"restore">> {
    const site = siteOf(store, siteId);
    const kept = takePlan(planId, siteId, "restore");
    const { policy, only, dimension, isOfEveryone, isWithLater, plan: agreed } = kept;
    const { passphrase, backup } = kept.from;
    const report = await withTarget(site, options, async (target) =>
      await target.write(site.vault, async (open) => {
        const request = { ...open, backup, dimension, passphrase, now: () => services.clock.now() };
        if (isWithLater) return await restoreEveryone({ ...request, folder: site.vault, plan: agreed }, options);
        return await restoreSite({ ...request, policy, only, plan: agreed, safetyFolder: site.vault }, options);
      }),
    );
    // Everyone is there, so nothing is left for the watcher to finish.
    if (idsNotRestored(report).length === 0 && isOfEveryone) await clearRestoreMark(site.vault);
    await record(site, words.afterRestore(report));
    return { result: reportView(report), hasProblems: problemsToLookAt(report).length > 0 };
  }

  async function planTheUndo({ siteId, passphrase: given }: OperationRequest<"plan_undo">, options: Options): Promise<Finished<"plan_undo">> {
    const site = siteOf(store, siteId);
    const passphrase = given ?? (await passphraseOfSite(site, secrets));
    return await withTarget(site, options, async (target) => {
      const undo = await planUndo({ ...target.site, safetyFolder: site.vault, passphrase }, options);
      const { overwrite } = undo.restore;
      const planId = keepPlan({ kind: "undo", siteId, undo, passphrase });
      return { result: { planId, safetyCopy: undo.name, at: undo.madeAt?.toISOString() ?? null, putBack: overwrite.size, putBackIds: firstIds(overwrite.keys()), staying: undo.staying, gone: undo.gone } };
    });
  }

  async function undo({ siteId, planId }: OperationRequest<"undo">, options: Options): Promise<Finished<"undo">> {
    const site = siteOf(store, siteId);
    const kept = takePlan(planId, siteId, "undo");
    const report = await withTarget(site, options, async (target) => await target.write(site.vault, async (open) => await undoRestore({ ...open, safetyFolder: site.vault, passphrase: kept.passphrase, undo: kept.undo }, options)));
    await record(site, words.undone(report));
    return { result: reportView(report), hasProblems: problemsToLookAt(report).length > 0 };
  }

  async function diff({ siteId, left, right, passphrase }: OperationRequest<"diff">, options: Options): Promise<Finished<"diff">> {
    const site = siteOf(store, siteId);
    const open = async (side: OperationRequest<"diff">["left"]): Promise<OpenBackup | null> =>
      side.kind === "site" ? null : (await openFrom(services, site, side, { passphrase, signal: options.signal })).backup;
    const [before, after] = [await open(left), await open(right)];
    const compare = async (live: Side | null): Promise<OperationResult<"diff">> => {
      const sideOf = (backup: OpenBackup | null): Side => {
        const side = backup === null ? live : sideOfBackup(backup);
        if (side === null) throw new Error("the site was not opened");
        return side;
      };
      return asMutable(await compareSides(sideOf(before), sideOf(after), options));
    };
    if (before !== null && after !== null) return withVerdict(await compare(null));
    return await withSite(site, options, async ({ connection, collectionName }) => {
      const { collection } = await lookUpCollection(connection, collectionName, options);
      return withVerdict(await compare(sideOfSite(connection, collection)));
    });
  }

  async function prune({ siteId, dryRun }: OperationRequest<"prune">, options: Options): Promise<Finished<"prune">> {
    const site = siteOf(store, siteId);
    const pruneOptions = { ...options, passphrase: await passphraseOfSite(site, secrets), now: () => services.clock.now() };
    if (dryRun) {
      const { keep, remove } = await planPrune(site.vault, pruneOptions);
      return { result: { removed: remove.map(({ name }) => name), kept: keep.length, heldBack: [] } };
    }
    const { removed, keep, heldBack } = await pruneVault(site.vault, pruneOptions);
    return { result: { removed: removed.map(({ name }) => name), kept: keep.length, heldBack: heldBack.map(({ name }) => name) } };
  }

  return {
    look: async ({ siteId }, options) => {
      const site = siteOf(store, siteId);
      await requireVault(site);
      const passphrase = await passphraseOfSite(site, secrets);
      const result = await withSite(site, options, async (open) => await lookAtSite({ ...open, vault: site.vault, passphrase, now: services.clock.now() }, options));
      if (result.newestBackup !== null) await noteVaultUsed(services, site);
      return { result };
    },
    backup,
    plan_restore: plan,
    restore,
    plan_undo: planTheUndo,
    undo,
    diff,
    prune,
  };
}

function isOfKind<K extends KeptPlan["kind"]>(plan: KeptPlan, kind: K): plan is Extract<KeptPlan, { kind: K }> {
  return plan.kind === kind;
}

function withVerdict(result: OperationResult<"diff">): Finished<"diff"> {
  return { result, hasProblems: !isSame(result) };
}

function asMutable({ compared, counts, added, missing, changed, signedUpAgain }: Awaited<ReturnType<typeof compareSides>>): OperationResult<"diff"> {
  return { compared, counts, added: [...added], missing: [...missing], changed: changed.map(({ id, fields }) => ({ id, fields: [...fields] })), signedUpAgain: [...signedUpAgain] };
}
