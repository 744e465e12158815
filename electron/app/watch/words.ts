/** The sentences that only a watcher needs: what happened in one, what it means for the customers and what to do in the hint. */
import { toErrorValue } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { ActivityNews } from "../../engine/activity/activity.ts";
import { all, count, shownIds, words as commonWords } from "../../engine/activity/words.ts";
import { restoredLine } from "../../engine/log-lines.ts";
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import type { VaultEntry } from "../../engine/vault/vault.ts";
import type { WipeCause } from "../../engine/operations/verdict.ts";

/** What the watcher last saw in the vault. */
export interface SafeBackup {
  readonly accounts: number;
  readonly name: string;
}

function areSafe(safe: SafeBackup | null): string {
  return safe === null || safe.accounts === 0 ? "" : ` Your ${count(safe.accounts)} ${safe.accounts === 1 ? "is" : "are"} safe in ${safe.name}.`;
}

const CAUSES = {
  missing: "Its disk was emptied, most likely by a redeploy.",
  recreated: "It was started anew, most likely by a redeploy.",
  emptied: "Every account on it was gone.",
} as const satisfies Record<WipeCause, string>;

export const words = {
  ...commonWords,

  /** After a failure: the backup that is there holds everybody. */
  safeAgain: ({ accounts }: SafeBackup): ActivityNews => ({ kind: "backed_up", level: "info", message: `It works again. ${all(accounts)} safe.` }),

  wiped: (cause: WipeCause, missing: readonly string[]): ActivityNews => ({
    kind: "wiped",
    level: "problem",
    accounts: missing.length,
    message: `Your site was wiped. ${count(missing.length)} can come back.`,
    hint: `${CAUSES[cause]} Until then your customers cannot sign in. Automatic restore is off: bring them back with "account-keeper restore".`,
  }),

  /** `passedOver`: newer backups that could not be used; whoever is only in those did not come back. */
  restored(cause: WipeCause, { added, accountsOnSite, seenAt }: Pick<RestoreReport, "added" | "accountsOnSite"> & { seenAt: Date }, passedOver: readonly Pick<VaultEntry, "name" | "error">[]): ActivityNews {
    const facts = { kind: "restored", accounts: added, accountsOnSite, seenAt: seenAt.toISOString() } as const;
    const [unusable] = passedOver;
    if (unusable !== undefined) {
      return {
        ...facts,
        level: "attention",
        message: `Your site was wiped. ${count(added)} ${added === 1 ? "is" : "are"} back from an older backup; it now has ${grouped(accountsOnSite)}.`,
        hint: `A newer one, ${unusable.name}, could not be used. ${unusable.error?.message ?? "It cannot be read."} Whoever is only in that one is not back. We keep it, under a name with its time.`,
        line: restoredLine(added),
      };
    }
    if (added === 0) return { ...facts, itself: true, level: "info", message: `Your site was wiped and restored itself. ${all(accountsOnSite)} there.` };
    return {
      ...facts,
      level: "info",
      message: `Your site was wiped. ${all(added)} back; it now has ${grouped(accountsOnSite)}.`,
      hint: `${CAUSES[cause]} Everyone can sign in as before. Nothing is left to do.`,
      line: restoredLine(added),
    };
  },

  putRight: (accounts: number): ActivityNews => ({
    kind: "restored",
    level: "info",
    accounts,
    message: `Your site had brought ${count(accounts)} back in an older version. ${accounts === 1 ? "It is" : "They are"} as in the newest backup again.`,
  }),

  deletions: (missing: readonly string[], onSite: number): ActivityNews => ({
    kind: "deletions",
    level: "attention",
    accounts: missing.length,
    accountsOnSite: onSite,
    message: `${count(missing.length)} ${missing.length === 1 ? "is" : "are"} gone from your site, the other ${grouped(onSite)} ${onSite === 1 ? "is" : "are"} there.`,
    hint: 'That looks like someone deleted them. Bring them back with "account-keeper restore", or say that it is right with "account-keeper backup --accept-fewer".',
    ids: shownIds(missing),
  }),

  asleep: (safe: SafeBackup | null): ActivityNews => ({
    kind: "asleep",
    level: "info",
    message: "Your site is asleep.",
    hint: `Free plans sleep after 15 quiet minutes and may lose their disk.${areSafe(safe)} We look again from time to time.`,
  }),

  unreachable: (error: unknown, safe: SafeBackup | null): ActivityNews => ({
    kind: "unreachable",
    level: "attention",
    message: "We cannot reach your site.",
    hint: `${toErrorValue(error).message}${areSafe(safe)} We try again by ourselves.`,
  }),

  back: (): ActivityNews => ({ kind: "back", level: "info", message: "Your site answers again." }),

} as const;
