/** Where an app keeps its list of sites: one process at a time. */
import { shortWait, withVaultLock } from "../engine/vault/lock.ts";

export interface HeldFolder {
  /** Resolves when it is free for others. */
  release(): Promise<void>;
}

/** A window that was just closed needs a moment; an app that crashed is to come back by itself. */
const WAIT_MS = 2_000;

/** Holds `folder`, which must exist, until it is released. Throws BUSY when an app is open on it already, and the codes of `withVaultLock`. */
export async function holdDataFolder(folder: string): Promise<HeldFolder> {
  const end = new AbortController();
  return await new Promise<HeldFolder>((resolve, reject) => {
    const held = withVaultLock(
      folder,
      async () => {
        const ended = new Promise<void>((over) => end.signal.addEventListener("abort", () => over(), { once: true }));
        resolve({
          async release() {
            end.abort();
            await held.catch(() => undefined);
          },
        });
        await ended;
      },
      { purpose: "app", waitMs: shortWait(WAIT_MS) },
    );
    held.catch(reject);
  });
}
