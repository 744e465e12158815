/**
 * For a Node backend: keeps its own accounts across redeploys. A backup after each registration, a restore on start,
 * and the log lines of the system this replaces. Never throws: a failed backup must not fail a sign-up.
 */
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { toErrorValue, type ErrorValue, type Result } from "../../shared/errors.ts";
import { noteActivity } from "./activity/activity-log.ts";
import { words } from "./activity/words.ts";
import { connect } from "./chroma/connect.ts";
import type { ChromaConnection } from "./chroma/connection.ts";
import { backedUpLine, BACKUP_FAILED, RESTORE_FAILED, restoredLine, STARTING_FRESH } from "./log-lines.ts";
import { backupSite, type BackupReport } from "./operations/backup-site.ts";
import { chooseBackup } from "./operations/restore-site.ts";
import { accountsAtStartup, chooseStartupBackup, restoreAtStartup } from "./operations/startup-backup.ts";
import { siteStatus, type SiteStatus } from "./operations/site-status.ts";
import { checkOptions, logOf, type PersistAccountsOptions } from "./persist-options.ts";
import { problemsToLookAt } from "./record.ts";
import type { RestoreReport } from "./restore/apply-restore.ts";
import { shown } from "./shown.ts";

export type StartupReport =
  | { readonly outcome: "accounts_present"; readonly accounts: number }
  | { readonly outcome: "starting_fresh" }
  | { readonly outcome: "restored"; readonly from: "file" | "variable"; readonly report: RestoreReport };

export interface PersistedAccounts {
  /**
   * Backs all accounts up; call it after a registration. Calls that come while one runs share the next one, which has
   * seen them all. A site with fewer accounts than the newest backup is kept apart and replaces nothing.
   */
  backup(): Promise<Result<BackupReport>>;
  /** Does nothing when there are accounts. Otherwise restores the newest good backup, else the variable, else starts fresh. */
  restoreOnStartup(): Promise<Result<StartupReport>>;
  status(): Promise<Result<SiteStatus>>;
}

export function persistAccounts(options: PersistAccountsOptions): PersistedAccounts {
  const log = carefully(logOf(options));
  const checked = checkOptions(options);
  return checked.ok ? keepAccounts(checked.value, log) : refuseAll(checked.error, log);
}

/** The site's log, which may fail, at once or later, and must not make a sign-up fail with it. */
function carefully(given: (line: string) => unknown): (line: string) => void {
  return (line) => {
    // Names of files and ids come from data: none of them may begin a line of its own in the site's log.
    const logged = new Promise((resolve) => resolve(given(shown(line))));
    logged.catch(() => undefined);
  };
}

/** Options that cannot be used fail like everything else: they must not keep a site from starting. */
function refuseAll(error: ErrorValue, log: (line: string) => void): PersistedAccounts {
  const refuse = async <T>(line?: string): Promise<Result<T>> => {
    if (line !== undefined) log(`${line}${error.message}`);
    return await Promise.resolve({ ok: false, error });
  };
  return { backup: async () => await refuse(BACKUP_FAILED), restoreOnStartup: async () => await refuse(RESTORE_FAILED), status: async () => await refuse() };
}

function keepAccounts(options: PersistAccountsOptions, log: (line: string) => void): PersistedAccounts {
  const { source, folder, passphrase, collectionName = "users" } = options;

  async function withConnection<T>(work: (connection: ChromaConnection) => Promise<T>): Promise<T> {
    const connection = await connect(source, { allowMissingDatabase: true });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  async function asResult<T>(work: (connection: ChromaConnection) => Promise<T>, onFailure: (error: ErrorValue) => void): Promise<Result<T>> {
    try {
      return { ok: true, value: await withConnection(work) };
    } catch (thrown) {
      const error = toErrorValue(thrown);
      onFailure(error);
      return { ok: false, error };
    }
  }

  async function backUpOnce(): Promise<Result<BackupReport>> {
    return await asResult(
      async (connection) => {
        const report = await backupSite({ connection, collectionName, site: connection.address, folder, passphrase });
        log(backedUpLine(report.accounts));
        if (report.outcome === "written") for (const news of words.afterBackup(report)) await noteActivity(folder, connection.address, news);
        return report;
      },
      (error) => {
        // Nobody has signed up yet: no failure, and nothing to tell.
        if (error.code !== "NO_ACCOUNTS_YET") log(`${BACKUP_FAILED}${error.message}`);
      },
    );
  }

  let running: Promise<unknown> | null = null;
  let next: Promise<Result<BackupReport>> | null = null;

  async function runAfter(previous: Promise<unknown>): Promise<Result<BackupReport>> {
    await previous;
    next = null;
    return await start();
  }

  function start(): Promise<Result<BackupReport>> {
    const backup = backUpOnce();
    running = backup;
    void backup.finally(() => {
      if (running === backup) running = null;
    });
    return backup;
  }

  async function restoreOnce(connection: ChromaConnection): Promise<StartupReport> {
    const accounts = await accountsAtStartup({ connection, collectionName }, folder);
    if (accounts !== null) return { outcome: "accounts_present", accounts };
    const chosen = await chooseStartupBackup({ site: { connection, collectionName }, place: folder, variable: options.variable ?? process.env[VARIABLE_NAME] ?? "", passphrase });
    if (chosen === null) {
      log(STARTING_FRESH);
      await noteActivity(folder, connection.address, words.startingFresh());
      return { outcome: "starting_fresh" };
    }
    // Said although the variable takes its place: the file needs a look.
    if (chosen.notUsed !== undefined) log(`${RESTORE_FAILED}${chosen.notUsed.message}`);
    const { backup, passedOver } = await chooseBackup(chosen.choice, { passphrase });
    for (const { name, error } of passedOver) log(`${RESTORE_FAILED}${name}: ${error?.message ?? "It cannot be read."} An older backup takes its place.`);
    const report = await restoreAtStartup({ connection, collectionName, site: connection.address, chosen, backup, safetyFolder: folder, passphrase });
    log(restoredLine(report.added));
    for (const { id, message } of problemsToLookAt(report)) log(`${RESTORE_FAILED}${id}: ${message}`);
    await noteActivity(folder, connection.address, words.afterRestore(report));
    return { outcome: "restored", from: chosen.from, report };
  }

  return {
    async backup() {
      if (running === null) return await start();
      next ??= runAfter(running);
      return await next;
    },
    restoreOnStartup: async () => await asResult(restoreOnce, (error) => log(`${RESTORE_FAILED}${error.message}`)),
    status: async () =>
      await asResult(
        async (connection) => await siteStatus({ connection, collectionName }),
        () => undefined,
      ),
  };
}
