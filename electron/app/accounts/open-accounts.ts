/** The backup whose accounts are being looked at: read once, kept for a while, one at a time. */
import { join } from "node:path";
import { stat } from "node:fs/promises";
import type { OperationOptions } from "../../../shared/progress.ts";
import { asReadError } from "../../engine/backup/file-errors.ts";
import { openBackup } from "../../engine/backup/read-backup.ts";
import type { SecretStore } from "../sites/secret-store.ts";
import { passphraseOfSite } from "../sites/site-sources.ts";
import type { StoredSite } from "../sites/site-store.ts";
import { indexAccounts, type AccountIndex } from "./account-index.ts";

export interface OpenAccounts {
  /** Throws BACKUP_NOT_FOUND, PASSPHRASE_NEEDED, PASSPHRASE_WRONG and the codes of reading a backup; CANCELLED when `signal` aborts. */
  of(site: StoredSite, name: string, options?: OperationOptions & { passphrase?: string | undefined }): Promise<AccountIndex>;
  /** Forgets what is kept. */
  close(): void;
}

/** Customers' names and addresses are not kept in memory longer than somebody looks at them. */
const KEEP_MS = 5 * 60_000;

export function createOpenAccounts(secrets: SecretStore): OpenAccounts {
  let kept: { readonly key: string; readonly index: AccountIndex } | null = null;
  let timer: NodeJS.Timeout | undefined;

  function close(): void {
    clearTimeout(timer);
    kept = null;
  }

  function keep(key: string, index: AccountIndex): AccountIndex {
    clearTimeout(timer);
    kept = { key, index };
    timer = setTimeout(close, KEEP_MS);
    // A list alone keeps no process alive.
    timer.unref();
    return index;
  }

  return {
    async of(site, name, { passphrase, ...options } = {}) {
      const path = join(site.vault, name);
      const key = await identityOf(path);
      if (kept?.key === key) return keep(key, kept.index);
      const backup = await openBackup({ path }, { passphrase: passphrase ?? (await passphraseOfSite(site, secrets)), signal: options.signal });
      return keep(key, await indexAccounts(backup, options));
    },
    close,
  };
}

/** The day's next backup takes over the name: it is the file that counts. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return [path, dev, ino, size, mtimeNs].join(" ");
  } catch (error) {
    throw asReadError(error);
  }
}
