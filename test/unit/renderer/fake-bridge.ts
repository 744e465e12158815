/** An app in memory for the window alone: a strict KeeperBridge over made-up sites, which can be told to emit. */
import { judgeEligibility, hostGauge } from "../../../shared/eligibility.ts";
import type { AppEvent, CommandInput, CommandResponse, KeeperBridge } from "../../../shared/contract.ts";
import type { CommandName } from "../../../shared/channels.ts";
import type { ErrorValue, Result } from "../../../shared/errors.ts";
import type { ActivityView, BackupEntry, HostInfo, Settings, SiteView } from "../../../shared/model.ts";
import type { Operation, OperationKind, OperationResult, Overview } from "../../../shared/operations.ts";

interface FakeWorld {
  sites: SiteView[];
  overviews: Record<string, Overview | ErrorValue>;
  backups: Record<string, BackupEntry[]>;
  activity: ActivityView[];
  settings: Settings;
  host: HostInfo;
  /** Outcomes by kind; what is not named succeeds with nothing to tell. */
  results: Partial<{ [K in OperationKind]: OperationResult<K> | ErrorValue }>;
  /** Operations that were already running or have ended. */
  operations: Operation[];
  /** Kinds that never end, for looking at their progress. */
  stuck: Partial<Record<OperationKind, Operation["progress"]>>;
  delayMs: number;
}

type Answers = { [C in CommandName]?: (request: CommandInput<C>) => Result<CommandResponse<C>> };

const done = { ok: true, value: { done: true } } as const;

function isError(value: unknown): value is ErrorValue {
  return typeof value === "object" && value !== null && "code" in value && "retryable" in value;
}

export function overviewOf(accounts: number, more: Partial<Overview> = {}): Overview {
  const valueLength = accounts > 10 ? null : accounts * 383;
  return {
    checkedAt: new Date().toISOString(),
    state: accounts === 0 ? "no_accounts" : "online",
    wipeCause: null,
    accounts,
    notBackedUp: 0,
    changed: 0,
    missing: 0,
    missingIds: [],
    newestBackup: { name: "user_backup_20261123.json", at: new Date(Date.now() - 3_600_000).toISOString(), accounts, rehearsedAt: new Date(Date.now() - 3 * 86_400_000).toISOString(), rehearsedOk: true },
    passedOver: [],
    eligibility: judgeEligibility({ accounts, valueLength }),
    gauge: valueLength === null ? [] : [...hostGauge(valueLength)],
    ...more,
  };
}

export function fakeBridge(world: FakeWorld): KeeperBridge & { readonly emit: (event: AppEvent) => void } {
  const listeners = new Set<(event: AppEvent) => void>();
  const emit = (event: AppEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let made = 0;

  function end(operation: Operation, state: Operation["state"], result: unknown, error: ErrorValue | null): void {
    const ended: Operation = { ...operation, state, endedAt: new Date().toISOString(), result, error };
    world.operations = [...world.operations.filter(({ id }) => id !== operation.id), ended];
    emit({ type: "operation", operation: ended });
  }

  function start(kind: OperationKind, siteId: string | null): Operation {
    made += 1;
    const operation: Operation = { id: `operation-${String(made).padStart(4, "0")}`, kind, siteId, state: "running", startedAt: new Date(Date.now() - (kind in world.stuck ? 4_000 : 0)).toISOString(), endedAt: null, progress: world.stuck[kind] ?? null, error: null, result: null };
    world.operations = [...world.operations, operation];
    setTimeout(() => emit({ type: "operation", operation }), 0);
    if (kind in world.stuck) return operation;
    setTimeout(() => {
      const outcome = kind === "look" && siteId !== null ? world.overviews[siteId] : world.results[kind];
      if (isError(outcome)) end(operation, "failed", null, outcome);
      else end(operation, "done", outcome ?? null, null);
    }, world.delayMs);
    return operation;
  }

  const answers: Answers = {
    "app.info": () => ({ ok: true, value: world.host }),
    "app.ready": () => done,
    "site.list": () => ({ ok: true, value: { sites: world.sites } }),
    "operation.list": () => ({ ok: true, value: { operations: world.operations } }),
    "operation.start": ({ kind, input }) => {
      const siteId = typeof input === "object" && input !== null && "siteId" in input && typeof input.siteId === "string" ? input.siteId : null;
      return { ok: true, value: { operationId: start(kind as OperationKind, siteId).id } };
    },
    "operation.cancel": ({ operationId }) => {
      const operation = world.operations.find(({ id }) => id === operationId);
      if (operation?.state === "running") end(operation, "cancelled", null, null);
      return { ok: true, value: { cancelling: true } };
    },
    "activity.list": () => ({ ok: true, value: { activities: world.activity } }),
    "settings.get": () => ({ ok: true, value: world.settings }),
    "settings.update": (change) => {
      world.settings = { ...world.settings, ...(Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Settings>) };
      emit({ type: "settings", settings: world.settings });
      return { ok: true, value: world.settings };
    },
    "site.update": ({ siteId, settings }) => {
      world.sites = world.sites.map((site) => (site.id === siteId ? { ...site, settings: { ...site.settings, ...(Object.fromEntries(Object.entries(settings ?? {})) as Partial<SiteView["settings"]>) } } : site));
      emit({ type: "sites", sites: world.sites });
      const site = world.sites.find(({ id }) => id === siteId);
      if (site === undefined) throw new Error(`No site ${siteId}.`);
      return { ok: true, value: { site } };
    },
    "site.add": ({ name, source, collectionName }) => {
      const site: SiteView = { id: `site-${String(world.sites.length + 1).padStart(4, "0")}`, name, source: { kind: source.kind, shown: source.kind === "server" ? source.url : source.kind, tenant: null, database: null, auth: "none", hasKey: true }, collectionName, vault: world.host.suggestedVault, encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true }, watching: "on", canBeWatched: true, trouble: null, render: null };
      world.sites = [...world.sites, site];
      world.overviews[site.id] = overviewOf(12);
      world.backups[site.id] = [];
      emit({ type: "sites", sites: world.sites });
      return { ok: true, value: { site } };
    },
    "site.remove": ({ siteId }) => {
      world.sites = world.sites.filter((site) => site.id !== siteId);
      emit({ type: "sites", sites: world.sites });
      return done;
    },
    "backup.list": ({ siteId, offset = 0, limit = 200 }) => {
      const entries = world.backups[siteId] ?? [];
      return { ok: true, value: { total: entries.length, backups: entries.slice(offset, offset + limit) } };
    },
    "backup.delete": ({ siteId, name }) => {
      world.backups[siteId] = (world.backups[siteId] ?? []).filter((entry) => entry.name !== name);
      return done;
    },
    "variable.reveal": () => ({ ok: true, value: { value: "W3sidXNlcl9pZCI6ImU0Yjk5ODJhLTc3MGYtNGM1Ni1hZTU1LTY2Y2UxN2I1MTE5YSIsImVtYWlsIjoibmFkaWFAZXhhbXBsZS5jb20i".repeat(26), length: 2_684, checksum: "8409 C1EC", accounts: 7 } }),
    "variable.inspect": () => ({ ok: true, value: { accounts: 6, ids: [], withoutId: 0, withoutEmail: 0, sharedEmail: 0, length: 2_298, checksum: "11AA 22BB", remarks: [], readableBySite: true, eligibility: judgeEligibility({ accounts: 6, valueLength: 2_298 }), gauge: [...hostGauge(2_298)] } }),
    "dialog.choose": () => ({ ok: true, value: { chosen: { token: "path_0123456789abcdefghijkl", shown: "/home/owner/Documents/Account Keeper" } } }),
    "folder.browse": () => ({ ok: true, value: { token: "path_0123456789abcdefghijkl", shown: "/home/owner", parent: null, entries: [{ name: "Documents", token: "path_0123456789abcdefghijkm", kind: "folder" }] } }),
    "host.show": () => done,
    "host.open": () => done,
    "host.copy": () => done,
  };

  return {
    async call<C extends CommandName>(command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>> {
      const answer = answers[command] as ((asked: CommandInput<C>) => Result<CommandResponse<C>>) | undefined;
      if (answer === undefined) throw new Error(`The fake app has no ${command}.`);
      await Promise.resolve();
      return answer(request);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit,
    takeFile: () => Promise.resolve({ ok: true, value: { token: "path_0123456789abcdefghijkl", shown: "user_backup_20261123.json" } }),
  };
}
