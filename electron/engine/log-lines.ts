/** The old system's log lines, word for word: owners and their scripts look for them. */

export const BACKUP_FAILED = "❌ Failed to backup users: ";
export const RESTORE_FAILED = "❌ Failed to restore users from backup: ";
export const STARTING_FRESH = "📭 No user backup found - starting fresh";

export function backedUpLine(accounts: number): string {
  return `✅ Backed up ${accounts} users for persistence`;
}

export function restoredLine(accounts: number): string {
  return `✅ Restored ${accounts} users from backup`;
}
