/** Puts the app together: one for each host, on a data folder of its own. */
import { basename, join } from "node:path";
import type { AppEvent } from "../../shared/contract.ts";
import { isKeeperError } from "../../shared/errors.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import { asWriteError } from "../engine/backup/file-errors.ts";
import { sweepTempFiles } from "../engine/backup/temp-files.ts";
import { ensureFolder } from "../engine/vault/atomic.ts";
import type { Activity, ActivityNews } from "../engine/activity/activity.ts";
import { recordActivity } from "../engine/activity/activity-log.ts";
import { readJournal } from "../engine/redeploy/journal.ts";
import type { RedeployPace } from "../engine/redeploy/redeploy.ts";
import { createOpenAccounts } from "./accounts/open-accounts.ts";
import { systemClock, type Clock } from "../engine/clock.ts";
import { holdDataFolder } from "./data-folder.ts";
import { createGate, type Handlers } from "./gate.ts";
import { createBackupHandlers } from "./handlers/backup-handlers.ts";
import { createHostHandlers } from "./handlers/host-handlers.ts";
import { createSiteHandlers, type SiteList } from "./handlers/site-handlers.ts";
import type { KeeperApp, Log } from "./keeper-app.ts";
import { createFileRunners } from "./operations/file-runners.ts";
import { createOperationRegistry, type OperationRegistry } from "./operations/registry.ts";
import { createSiteRunners } from "./operations/site-runners.ts";
import { createPathTokens } from "./path-tokens.ts";
import type { HostPorts } from "./ports.ts";
import { createHeldVariables } from "./render/held-variables.ts";
import { createRenderHandlers } from "./render/render-handlers.ts";
import { createRenderRunners } from "./render/render-runners.ts";
import type { Services } from "./services.ts";
import { createDemoServers } from "./sites/demo-servers.ts";
import { openSecretStore } from "./sites/secret-store.ts";
import { passphraseOfSite, sourceOfSite, viewOfSource } from "./sites/site-sources.ts";
import { openSiteStore, type StoredSite } from "./sites/site-store.ts";
import { noteVaultUsed, requireVault } from "./sites/used-vault.ts";
import { createWatchControl, type WatchControl } from "./watch/watch-control.ts";
import type { WatchedSite } from "./watch/site-watcher.ts";

export interface KeeperAppOptions {
  /** Made when missing, readable by its owner only. Holds the list of sites and, sealed, their keys. */
  readonly dataFolder: string;
  /** The owner's documents: a folder for backups is suggested there. */
  readonly documentsFolder: string;
  readonly ports: HostPorts;
  readonly log: Log;
  readonly clock?: Clock | undefined;
  /** Another address of Render's API than its own, for tests. */
  readonly renderUrl?: string | undefined;
  /** How often a redeploy is looked at, and for how long. */
  readonly redeployPace?: Partial<RedeployPace> | undefined;
}

/**
 * Starts the app and begins to watch the sites that want it. Throws BUSY when an app is open on this data folder,
 * SETTINGS_UNREADABLE, FOLDER_NOT_WRITABLE, DISK_FULL; then nothing runs and nothing was changed.
 */
export async function createKeeperApp({ dataFolder, documentsFolder, ports, log, clock = systemClock, renderUrl, redeployPace }: KeeperAppOptions): Promise<KeeperApp> {
  try {
    await ensureFolder(dataFolder);
  } catch (error) {
    throw asWriteError(error);
  }
  const held = await holdDataFolder(dataFolder);
  // Settings that somebody was writing when they died; the old ones are under their own name.
  await sweepTempFiles(dataFolder);
  try {
    const store = await openSiteStore(dataFolder);
    const secrets = await openSecretStore(dataFolder, ports.keychain);
    const notices = [store.notice, secrets.notice].filter((notice) => notice !== null);
    const events = createEvents(log);
    let assembled: Assembled | null = null;
    const services: Services = {
      ports,
      log,
      clock,
      store,
      secrets,
      demos: createDemoServers(dataFolder),
      openAccounts: createOpenAccounts(secrets),
      tokens: createPathTokens(),
      suggestedVaults: join(documentsFolder, "Account Keeper"),
      emit: events.emit,
      emitSites: () => events.emit({ type: "sites", sites: assembled?.views() ?? [] }),
      renderUrl,
      redeployPace,
      record: async (site, news) => await record(services, site, news),
    };
    assembled = assemble(services, events, notices, async () => await held.release());
    return assembled.app;
  } catch (error) {
    await held.release();
    throw error;
  }
}

interface Assembled {
  readonly app: KeeperApp;
  readonly views: SiteList["views"];
}

function assemble(services: Services, events: Events, notices: readonly ErrorValue[], release: () => Promise<void>): Assembled {
  const { store, log, clock, demos, emit, emitSites, openAccounts, tokens } = services;
  const held = createHeldVariables(services, emitSites);
  const operations = createOperationRegistry({
    runners: { ...createSiteRunners(services), ...createFileRunners(services), ...createRenderRunners(services, held) },
    log,
    now: () => clock.now(),
    onChange(operation) {
      emit({ type: "operation", operation });
      const site = operation.endedAt === null ? undefined : store.value.sites.find(({ id }) => id === operation.siteId);
      if (site !== undefined && operation.kind === "backup" && operation.result !== null) held.afterBackup(site);
    },
  });
  const watch = createWatchControl({
    clock,
    open: async (site) => await watchedSite(services, site),
    onActivity: (siteId, activity) => {
      tell(services, siteId, activity);
      const site = store.value.sites.find(({ id }) => id === siteId);
      if (site === undefined || (activity.kind !== "backed_up" && activity.kind !== "restored")) return;
      // A restore of the watcher's is not over before its backup.
      if (activity.kind === "backed_up") held.afterBackup(site);
      void noteVaultUsed(services, site);
    },
    onChange(siteId) {
      emitSites();
      const site = store.value.sites.find(({ id }) => id === siteId);
      if (site !== undefined && watch.stateOf(siteId).watching === "on" && withoutFolder.delete(siteId)) void resumeRedeploy(services, operations, site);
    },
  });
  /** Whose drive was not there when the app was started: whether a redeploy is unfinished is not known yet. */
  const withoutFolder = new Set<string>();
  const sites = createSiteHandlers(services, { watch, held, operations });
  const handlers: Handlers = {
    ...createHostHandlers(services, notices),
    ...sites.handlers,
    ...createBackupHandlers(services),
    ...createRenderHandlers(services, held, sites.viewOf),
    ...createOperationHandlers(operations),
    "app.ready": () => Promise.resolve({ done: true }),
  };
  void watch.follow(store.value.sites);
  for (const site of store.value.sites) {
    void requireVault(site).then(
      async () => await resumeRedeploy(services, operations, site),
      () => void withoutFolder.add(site.id),
    );
  }
  const giveToken: KeeperApp["giveToken"] = (path, shown = basename(path)) => Promise.resolve({ ok: true, value: { token: tokens.give(path, "backup_file", shown), shown } });
  const close = closeOnce(operations, watch, async () => {
    await held.close();
    openAccounts.close();
    await demos.close().finally(release);
  });
  return { app: { call: createGate(handlers, log), giveToken, onEvent: events.on, close }, views: sites.views };
}

/** What was begun before the app was closed is finished: that never deploys. */
async function resumeRedeploy({ log }: Services, operations: OperationRegistry, { id, vault, render }: StoredSite): Promise<void> {
  try {
    if (render !== undefined && (await readJournal(vault)) !== null) operations.start("redeploy", { siteId: id, resumeOnly: true });
  } catch (error) {
    log.warn(`A redeploy could not be gone on with: ${isKeeperError(error) ? error.code : "unknown"}`);
  }
}

function createOperationHandlers(operations: OperationRegistry): Pick<Handlers, "operation.start" | "operation.list" | "operation.cancel"> {
  return {
    "operation.start": async ({ kind, input }) => ({ operationId: await Promise.resolve(input).then((given) => operations.start(kind, given)) }),
    "operation.list": () => Promise.resolve({ operations: [...operations.list()] }),
    "operation.cancel": async ({ operationId }) => ({ cancelling: await Promise.resolve(operationId).then((id) => operations.cancel(id)) }),
  };
}

/** What runs is stopped before what it stands on. */
function closeOnce(operations: OperationRegistry, watch: WatchControl, closeRest: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    try {
      await Promise.all([operations.close(), watch.close()]);
    } finally {
      await closeRest();
    }
  };
  return async () => await (closing ??= close());
}

async function watchedSite({ secrets, demos }: Services, site: StoredSite): Promise<WatchedSite> {
  await requireVault(site);
  const source = await sourceOfSite(site, secrets, demos);
  // `canBeWatched` keeps folders out.
  if (source.kind === "folder") throw new Error("a data folder cannot be watched");
  return { source, collectionName: site.collectionName, folder: site.vault, passphrase: await passphraseOfSite(site, secrets) };
}

async function record(services: Services, site: StoredSite, news: ActivityNews): Promise<void> {
  const activity: Activity = { at: services.clock.now().toISOString(), site: viewOfSource(site.source, false).shown, ...news };
  // Where the log cannot be written no backup can be either, and that is told by the operation.
  await recordActivity(site.vault, activity).catch((error: unknown) => services.log.warn(`The activity could not be recorded: ${isKeeperError(error) ? error.code : "unknown"}`));
  services.emit({ type: "activity", activity: { ...activity, siteId: site.id } });
  if (TAKES_LONG.has(activity.kind)) notifyOwner(services, site.id, activity);
}

/** What a person does not wait for in front of the window. */
const TAKES_LONG: ReadonlySet<Activity["kind"]> = new Set<Activity["kind"]>(["redeployed", "failed", "variable_stale"]);

/** What the watcher did unasked: to the window, and to its owner where it matters. */
function tell(services: Services, siteId: string, activity: Activity): void {
  services.emit({ type: "activity", activity: { ...activity, siteId } });
  if (activity.level !== "info" || activity.kind === "restored") notifyOwner(services, siteId, activity);
}

function notifyOwner({ ports, store, log }: Services, siteId: string, activity: Activity): void {
  if (ports.notify === null || !store.value.settings.notifications) return;
  const name = store.value.sites.find(({ id }) => id === siteId)?.name ?? activity.site;
  ports.notify({ title: name, body: activity.message, siteId }).catch((error: unknown) => log.error("A notification could not be shown", error));
}

interface Events {
  readonly emit: (event: AppEvent) => void;
  readonly on: KeeperApp["onEvent"];
}

function createEvents(log: Log): Events {
  const listeners = new Set<(event: AppEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error("A listener failed", error);
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
