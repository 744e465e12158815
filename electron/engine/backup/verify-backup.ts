/** Reads a backup from its first byte to its last and says what it holds. Writes nothing. */
import type { OperationOptions } from "../../../shared/progress.ts";
import type { BackupChroma, BackupDigest } from "./format.ts";
import { openBackup, type BackupKind, type OpenBackup } from "./read-backup.ts";
import type { BackupOrigin } from "./source.ts";

export interface VerifiedBackup {
  readonly kind: BackupKind;
  readonly encrypted: boolean;
  readonly sizeBytes: number;
  readonly timestamp: Date | null;
  /** Records whose document is an account. */
  readonly accountCount: number;
  readonly recordCount: number;
  readonly problemCount: number;
  /** These three are null for what another program wrote. */
  readonly digest: BackupDigest | null;
  readonly site: string | null;
  readonly chroma: BackupChroma | null;
}

interface VerifyBackupOptions extends OperationOptions {
  passphrase?: string | undefined;
}

/** Throws the codes of `openBackup` and of its `records()`. `signal` stops it with CANCELLED. */
export async function verifyBackup(from: BackupOrigin, options: VerifyBackupOptions = {}): Promise<VerifiedBackup> {
  return await verifyOpenBackup(await openBackup(from, options), options);
}

export async function verifyOpenBackup(backup: OpenBackup, { onProgress }: OperationOptions = {}): Promise<VerifiedBackup> {
  const head = backup.head?.account_keeper ?? null;
  const total = head?.record_count ?? backup.accountCount;
  let recordCount = 0;
  const report = (): void => onProgress?.({ phase: "verifying", done: recordCount, total, unit: "accounts", canCancel: true, problems: head?.problem_count ?? 0 });
  report();
  for await (const page of backup.records()) {
    recordCount += page.length;
    report();
  }
  return {
    kind: backup.kind,
    encrypted: backup.encrypted,
    sizeBytes: backup.sizeBytes,
    timestamp: backup.timestamp,
    accountCount: head === null ? recordCount : (backup.accountCount ?? recordCount),
    recordCount,
    problemCount: head?.problem_count ?? 0,
    digest: head?.digest ?? null,
    site: head?.site ?? null,
    chroma: head?.chroma ?? null,
  };
}
