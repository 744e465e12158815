/** Watches a vault over a long time: every backup that ever had a final name, who was in it, and whether it is still there. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { verifyBackup } from "../../electron/engine/backup/verify-backup.ts";

export const accountSchema = z.object({ user_id: z.string(), email: z.string(), password_hash: z.string() });
const backupSchema = z.object({ backup_timestamp: z.string(), users: z.array(accountSchema), account_keeper: z.object({ fewer_than: z.unknown() }) });

export type ObservedAccount = z.infer<typeof accountSchema>;

export interface ObservedBackup {
  readonly shelf: string;
  /** Its name when it was seen first. */
  readonly name: string;
  readonly timestamp: Date;
  readonly isShort: boolean;
  readonly accounts: readonly ObservedAccount[];
}

export interface VaultObserver {
  /** By the digest of its bytes: every backup that was ever seen. */
  readonly ever: ReadonlyMap<string, ObservedBackup>;
  /** Looks at every file under a final name: verifies those that are new. Returns the digests of what is there now. */
  look(options?: { readonly everyByte?: boolean }): Promise<ReadonlySet<string>>;
}

export function observeVault(folder: string): VaultObserver {
  const ever = new Map<string, ObservedBackup>();
  /** By number and change time of the file, so that what did not change is not read at each look. */
  const digestOf = new Map<string, string>();

  async function observe(shelf: string, name: string, everyByte: boolean): Promise<string> {
    const path = join(folder, shelf, name);
    const { ino, size, mtimeMs } = statSync(path);
    const key = `${ino} ${size} ${mtimeMs}`;
    const known = digestOf.get(key);
    if (known !== undefined && !everyByte) return known;
    const bytes = readFileSync(path);
    const digest = createHash("sha256").update(bytes).digest("hex");
    await verifyBackup({ path });
    digestOf.set(key, digest);
    if (!ever.has(digest)) {
      const { backup_timestamp, users, account_keeper } = backupSchema.parse(JSON.parse(bytes.toString()));
      ever.set(digest, { shelf, name, timestamp: new Date(backup_timestamp), isShort: account_keeper.fewer_than !== null, accounts: users });
    }
    return digest;
  }

  return {
    ever,
    async look({ everyByte = false } = {}) {
      const present = new Set<string>();
      for (const shelf of ["", "short", "safety"]) {
        const found = statSync(join(folder, shelf), { throwIfNoEntry: false });
        const names = found === undefined ? [] : readdirSync(join(folder, shelf)).filter((name) => name.startsWith("user_backup_"));
        for (const name of names) present.add(await observe(shelf, name, everyByte));
      }
      return present;
    },
  };
}
