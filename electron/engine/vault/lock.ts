/** One writer, and one watcher, per vault, across processes: a lock folder inside it that its holder keeps fresh. */
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { asWriteError, systemCode } from "../backup/file-errors.ts";
import { createClaim, type Claim } from "./lock-claim.ts";

/** What a lock is for: its name in the folder, and what somebody who finds it taken reads. */
const PURPOSES = {
  write: { name: ".account-keeper.lock", message: "Another Account Keeper is backing up this site." },
  watch: { name: ".account-keeper-watch.lock", message: "Another Account Keeper is watching this site.", hint: "It does the same as this one would. To watch here, end the other one first." },
  app: { name: ".account-keeper-app.lock", message: "Account Keeper is open already.", hint: "Use that window, or close it first." },
  redeploy: { name: ".account-keeper-redeploy.lock", message: "A redeploy of this site is under way already.", hint: "Wait until it is done, or look at it where it was begun." },
  log: { name: ".account-keeper-log.lock", message: "Another Account Keeper is putting the activity log away." },
} as const;
/** Well below the silence after which a holder is taken for dead. */
const REFRESH_MS = 3_000;
/** A drive that fails for this long may have let somebody else take over. */
const LOST_AFTER_MS = 10_000;
/** Longer than that silence, so that waiting gets past a dead holder on another machine. */
const DEFAULT_WAIT_MS = 15_000;
const RETRY_MS = 200;
/** Where only silence tells that a holder has ended: past that silence. */
const PAST_SILENCE_MS = 12_000;

export interface VaultLockOptions {
  signal?: AbortSignal | undefined;
  /** `watch` is held as long as a site is watched, `app` as long as a host uses its data folder, `redeploy` as long as a redeploy is followed, `log` while the activity log is put away; all of them leave others free to write. Default `write`. */
  purpose?: keyof typeof PURPOSES | undefined;
  /** How long to wait for somebody else to finish. */
  waitMs?: number | undefined;
  /** Told once when somebody else holds it and we wait. */
  onWait?: (() => void) | undefined;
}

/**
 * Runs `work` while no other process (and no other call here) writes to the vault. Its signal is aborted when the
 * caller's is, or when the lock was lost because this process stood still for too long; then `work` must stop.
 * The lock of a process that died on this computer is taken over at once where the system can prove it, else after ten
 * seconds without a sign of life.
 * Throws BUSY (somebody else goes on working, or took over), FOLDER_NOT_FOUND (also when it went away meanwhile), FOLDER_NOT_WRITABLE, CANCELLED, and
 * whatever `work` throws. Leaves no lock behind.
 */
export async function withVaultLock<T>(folder: string, work: (signal: AbortSignal) => Promise<T>, options: VaultLockOptions = {}): Promise<T> {
  const claim = await take(folder, options);
  const lost = new AbortController();
  const stopRefreshing = keepFresh(claim, () => lost.abort());
  const signals = options.signal === undefined ? [lost.signal] : [options.signal, lost.signal];
  try {
    return await work(AbortSignal.any(signals));
  } catch (error) {
    if (lost.signal.aborted) throw (await whyNotThere(folder)) ?? busy("Another Account Keeper took over this backup folder.", undefined, error);
    throw error;
  } finally {
    stopRefreshing();
    await claim.end();
  }
}

/**
 * How long somebody who is not to be kept waiting waits for a lock: `waitMs` where the system can prove that a process has
 * ended, else as long as whoever crashed while holding it is taken for alive.
 */
export function shortWait(waitMs: number): number {
  return process.platform === "linux" ? waitMs : Math.max(waitMs, PAST_SILENCE_MS);
}

/** A lock that is lost with its whole folder was taken by nobody: a drive was unplugged. Null: the folder is there. */
async function whyNotThere(folder: string): Promise<KeeperError | null> {
  try {
    await stat(folder);
    return null;
  } catch (error) {
    const told = asWriteError(error);
    return isKeeperError(told) ? told : null;
  }
}

/** Whether somebody alive holds it. Throws the codes of `withVaultLock` but BUSY. */
export async function isVaultLocked(folder: string, purpose: keyof typeof PURPOSES): Promise<boolean> {
  const claim = createClaim(folder, PURPOSES[purpose].name);
  try {
    return !(await claim.tryToTake());
  } catch (error) {
    throw asWriteError(error);
  } finally {
    await claim.end();
  }
}

async function take(folder: string, options: VaultLockOptions): Promise<Claim> {
  const { name, message, hint }: { name: string; message: string; hint?: string } = PURPOSES[options.purpose ?? "write"];
  const giveUpAt = performance.now() + (options.waitMs ?? DEFAULT_WAIT_MS);
  const claim = createClaim(folder, name);
  let isTold = false;
  try {
    for (;;) {
      throwIfCancelled(options.signal);
      if (await claim.tryToTake()) return claim;
      if (performance.now() >= giveUpAt) throw busy(message, hint);
      if (!isTold) options.onWait?.();
      isTold = true;
      await sleep(RETRY_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
  } catch (error) {
    await claim.end();
    throw asWriteError(await whatItMeans(error, folder));
  }
}

/**
 * Nothing is "not there" when a new name is made in a folder that is: so says Windows where Controlled folder access forbids it.
 * https://github.com/dotnet/corefx/issues/26561
 */
async function whatItMeans(error: unknown, folder: string): Promise<unknown> {
  if (systemCode(error) !== "ENOENT" || (await stat(folder).catch(() => null)) === null) return error;
  return Object.assign(new Error("writing is forbidden", { cause: error }), { code: "EACCES" });
}

/** Returns how to stop. */
function keepFresh(claim: Claim, onLost: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let freshAt = performance.now();
  let isStopped = false;

  async function refresh(): Promise<void> {
    // A drive that hiccups gets another chance.
    const isOurs = await claim.refresh().catch(() => performance.now() - freshAt < LOST_AFTER_MS && null);
    if (isStopped) return;
    if (isOurs === false) {
      onLost();
      return;
    }
    if (isOurs === true) freshAt = performance.now();
    schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => void refresh(), REFRESH_MS);
    // A lock alone keeps no process alive.
    timer.unref();
  }

  schedule();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function busy(message: string, hint = "Wait until it is done, then try again.", cause?: unknown): KeeperError {
  return new KeeperError("BUSY", message, { hint, cause });
}
