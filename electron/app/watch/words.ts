/** The watcher's sentences: what happened in one, what it means for the customers and what to do in the hint. */
import { toErrorValue } from "../../../shared/errors.ts";
import { backedUpLine, BACKUP_FAILED, RESTORE_FAILED, restoredLine } from "../../engine/log-lines.ts";
import type { BackupReport } from "../../engine/operations/backup-site.ts";
import type { DrillReport } from "../../engine/drill/drill.ts";
import type { RestoreReport } from "../../engine/restore/apply-restore.ts";
import type { ActivityNews } from "../activity/activity.ts";
import type { WipeCause } from "./verdict.ts";

/** What the watcher last saw in the vault. */
export interface SafeBackup {
  readonly accounts: number;
  readonly name: string;
}

/** A line is one write, and nobody decides about more of them one by one. */
const MAX_IDS = 100;

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function count(accounts: number): string {
  return accounts === 1 ? "1 account" : `${number(accounts)} accounts`;
}

function all(accounts: number): string {
  return accounts === 1 ? "Your 1 account is" : `All ${count(accounts)} are`;
}

function areSafe(safe: SafeBackup | null): string {
  return safe === null || safe.accounts === 0 ? "" : ` Your ${count(safe.accounts)} ${safe.accounts === 1 ? "is" : "are"} safe in ${safe.name}.`;
}

/** Some sites take the e-mail address for the id; the log holds none. */
function shownIds(ids: readonly string[]): string[] {
  return ids.slice(0, MAX_IDS).map((id) => id.replace(/^(.)[^]*@/u, "$1•••••@"));
}

const CAUSES = {
  missing: "Its disk was emptied, most likely by a redeploy.",
  recreated: "It was started anew, most likely by a redeploy.",
  emptied: "Every account on it was gone.",
} as const satisfies Record<WipeCause, string>;

export const words = {
  backedUp({ accounts, name, passedOver }: BackupReport): ActivityNews {
    const news = { kind: "backed_up", message: `${all(accounts)} safe in ${name}.`, line: backedUpLine(accounts) } as const;
    const [unusable] = passedOver;
    if (unusable === undefined) return { ...news, level: "info" };
    // The accounts are safe again, but a disk that spoils one backup may spoil another.
    return { ...news, level: "attention", hint: `An earlier backup cannot be used any more. ${unusable.error?.message ?? "It cannot be read."}` };
  },

  keptApart({ records, fewerThan }: BackupReport): ActivityNews {
    const missing = fewerThan?.missing ?? 0;
    return {
      kind: "kept_apart",
      level: "attention",
      message: `A backup of ${count(records)} was kept apart: ${count(missing)} of ${fewerThan?.backup ?? "the last one"} ${missing === 1 ? "is" : "are"} missing.`,
      hint: "Both are kept. A restore goes on using the fuller one.",
    };
  },

  wiped: (cause: WipeCause, missing: readonly string[]): ActivityNews => ({
    kind: "wiped",
    level: "problem",
    message: `Your site was wiped. ${count(missing.length)} can come back.`,
    hint: `${CAUSES[cause]} Until then your customers cannot sign in. Automatic restore is off: bring them back with "account-keeper restore".`,
  }),

  restored(cause: WipeCause, { added, accountsOnSite }: Pick<RestoreReport, "added" | "accountsOnSite">): ActivityNews {
    if (added === 0) return { kind: "restored", level: "info", message: `Your site was wiped and restored itself. ${all(accountsOnSite)} there.` };
    return {
      kind: "restored",
      level: "info",
      message: `Your site was wiped. ${all(added)} back; it now has ${number(accountsOnSite)}.`,
      hint: `${CAUSES[cause]} Everyone can sign in as before. Nothing is left to do.`,
      line: restoredLine(added),
    };
  },

  /** By hand, so there is nothing to explain. */
  broughtBack: ({ added, overwritten, accountsOnSite }: Pick<RestoreReport, "added" | "overwritten" | "accountsOnSite">): ActivityNews => ({
    kind: "restored",
    level: "info",
    message: `${count(added + overwritten)} ${added + overwritten === 1 ? "was" : "were"} brought back. Your site has ${number(accountsOnSite)}.`,
    line: restoredLine(added + overwritten),
  }),

  undone: ({ overwritten }: Pick<RestoreReport, "overwritten">): ActivityNews => ({
    kind: "restored",
    level: "info",
    message: `The last restore was taken back: ${count(overwritten)} ${overwritten === 1 ? "is" : "are"} as before.`,
  }),

  rehearsed({ ok, records, couldNotSignInCount, problemCount }: Pick<DrillReport, "ok" | "records" | "couldNotSignInCount" | "problemCount">): ActivityNews {
    if (ok) return { kind: "rehearsed", level: "info", message: records === 1 ? "A restore was rehearsed: the 1 account came back and can sign in." : `A restore was rehearsed: all ${number(records)} accounts came back and can sign in.` };
    return {
      kind: "rehearsed",
      level: "attention",
      message: `A restore was rehearsed: ${number(Math.max(couldNotSignInCount, problemCount))} of ${number(records)} accounts could not sign in.`,
      hint: 'See who with "account-keeper drill".',
    };
  },

  restoreIncomplete: ({ added }: Pick<RestoreReport, "added">, broken: readonly string[]): ActivityNews => ({
    kind: "restore_incomplete",
    level: "problem",
    message: `${number(added)} of ${count(added + broken.length)} ${added === 1 ? "is" : "are"} back.`,
    hint: "The others cannot sign in yet. We try again by ourselves; nobody is added twice.",
    ids: shownIds(broken),
  }),

  deletions: (missing: readonly string[], onSite: number): ActivityNews => ({
    kind: "deletions",
    level: "attention",
    message: `${count(missing.length)} ${missing.length === 1 ? "is" : "are"} gone from your site, the other ${number(onSite)} ${onSite === 1 ? "is" : "are"} there.`,
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

  failed(error: unknown, doing: "backup" | "restore"): ActivityNews {
    const { message, hint } = toErrorValue(error);
    const line = `${doing === "restore" ? RESTORE_FAILED : BACKUP_FAILED}${message}`;
    return { kind: "failed", level: doing === "restore" ? "problem" : "attention", message, ...(hint === undefined ? {} : { hint }), line };
  },
} as const;
