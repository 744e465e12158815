/** What happened to a site, in the owner's words: what in one sentence, and what to do in the hint. */
import type { Eligibility } from "../../../shared/eligibility.ts";
import { toErrorValue } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { DrillReport } from "../drill/drill.ts";
import { BACKUP_FAILED, backedUpLine, RESTORE_FAILED, restoredLine, STARTING_FRESH } from "../log-lines.ts";
import type { BackupReport, OlderVersions } from "../operations/backup-site.ts";
import type { RedeployReport } from "../redeploy/redeploy.ts";
import { idsNotAccepted, idsNotRestored } from "../record.ts";
import type { RestoreReport } from "../restore/apply-restore.ts";
import type { ActivityNews } from "./activity.ts";

/** A line is one write, and nobody decides about more of them one by one. */
const MAX_IDS = 100;

export function count(accounts: number): string {
  return accounts === 1 ? "1 account" : `${grouped(accounts)} accounts`;
}

export function all(accounts: number): string {
  return accounts === 1 ? "Your 1 account is" : `All ${count(accounts)} are`;
}

/** Some sites take the e-mail address for the id; the log holds none. */
export function shownIds(ids: readonly string[]): string[] {
  return ids.slice(0, MAX_IDS).map((id) => id.replace(/^(.)[^]*@/u, "$1•••••@"));
}

export const words = {
  /** Of a backup that was written: what was made, and what somebody should know about who is in it. */
  afterBackup(report: BackupReport): ActivityNews[] {
    const made = report.fewerThan === null ? words.backedUp(report) : words.keptApart(report);
    return report.olderVersions === null ? [made] : [made, words.olderVersions(report.olderVersions)];
  },

  backedUp({ accounts, name, passedOver }: BackupReport): ActivityNews {
    const news = { kind: "backed_up", accounts, message: `${all(accounts)} safe in ${name}.`, line: backedUpLine(accounts) } as const;
    const [unusable] = passedOver;
    if (unusable === undefined) return { ...news, level: "info" };
    // The accounts are safe again, but a disk that spoils one backup may spoil another.
    return { ...news, level: "attention", hint: `An earlier backup cannot be used any more. ${unusable.error?.message ?? "It cannot be read."}` };
  },

  keptApart({ records, fewerThan }: BackupReport): ActivityNews {
    const missing = fewerThan?.missing ?? 0;
    return {
      kind: "kept_apart",
      accounts: records,
      level: "attention",
      message: `A backup of ${count(records)} was kept apart: ${count(missing)} of ${fewerThan?.backup ?? "the last one"} ${missing === 1 ? "is" : "are"} missing.`,
      hint: "Both are kept. A restore goes on using the one before.",
    };
  },

  olderVersions({ backup, ids }: OlderVersions): ActivityNews {
    const those = ids.length === 1 ? "this account" : "these accounts";
    return {
      kind: "older_versions",
      level: "attention",
      accounts: ids.length,
      message: `${count(ids.length)} came back in an older version than ${backup} holds, perhaps with an old password.`,
      hint: `That backup is kept. Restore ${those} from it with "account-keeper restore --policy overwrite --only", unless the older version is right.`,
      ids: shownIds(ids),
    };
  },

  /** By hand, so there is nothing to explain. */
  broughtBack: ({ added, overwritten, accountsOnSite }: Pick<RestoreReport, "added" | "overwritten" | "accountsOnSite">): ActivityNews => ({
    kind: "restored",
    level: "info",
    accounts: added + overwritten,
    accountsOnSite,
    message: `${count(added + overwritten)} ${added + overwritten === 1 ? "was" : "were"} brought back. Your site has ${grouped(accountsOnSite)}.`,
    line: restoredLine(added + overwritten),
  }),

  undone: ({ overwritten }: Pick<RestoreReport, "overwritten">): ActivityNews => ({
    kind: "restored",
    level: "info",
    accounts: overwritten,
    message: `The last restore was taken back: ${count(overwritten)} ${overwritten === 1 ? "is" : "are"} as before.`,
  }),

  rehearsed({ ok, records, couldNotSignInCount, problemCount }: Pick<DrillReport, "ok" | "records" | "couldNotSignInCount" | "problemCount">): ActivityNews {
    if (ok) return { kind: "rehearsed", level: "info", accounts: records, message: records === 1 ? "A restore was rehearsed: the 1 account came back and can sign in." : `A restore was rehearsed: all ${grouped(records)} accounts came back and can sign in.` };
    return {
      kind: "rehearsed",
      level: "attention",
      accounts: records,
      message: `A restore was rehearsed: ${grouped(Math.max(couldNotSignInCount, problemCount))} of ${grouped(records)} accounts could not sign in.`,
      hint: 'See who with "account-keeper drill".',
    };
  },

  /** Whoever did not arrive is named. */
  afterRestore(report: RestoreReport): ActivityNews {
    const broken = idsNotRestored(report);
    return broken.length === 0 ? words.broughtBack(report) : words.restoreIncomplete(report, broken);
  },

  restoreIncomplete({ added, overwritten, problems }: Pick<RestoreReport, "added" | "overwritten" | "problems">, broken: readonly string[]): ActivityNews {
    const isFinal = idsNotAccepted({ problems }).length === broken.length;
    return {
      kind: "restore_incomplete",
      level: "problem",
      message: `${grouped(added + overwritten)} of ${count(added + overwritten + broken.length)} ${added + overwritten === 1 ? "is" : "are"} back.`,
      hint: isFinal
        ? `The server does not accept ${broken.length === 1 ? "the other one" : "the others"}. The backup keeps ${broken.length === 1 ? "it" : "them"}; a restore by hand says why.`
        : "The others cannot sign in yet. We try again by ourselves; nobody is added twice.",
      ids: shownIds(broken),
    };
  },

  failed(error: unknown, doing: "backup" | "restore"): ActivityNews {
    const { message, hint } = toErrorValue(error);
    const line = `${doing === "restore" ? RESTORE_FAILED : BACKUP_FAILED}${message}`;
    return { kind: "failed", level: doing === "restore" ? "problem" : "attention", message, ...(hint === undefined ? {} : { hint }), line };
  },

  pruned: (removed: number): ActivityNews => ({
    kind: "pruned",
    level: "info",
    message: `${removed === 1 ? "1 old backup has had its time and was" : `${grouped(removed)} old backups have had their time and were`} removed. The newest and the fullest stay.`,
  }),

  /** One sentence for the whole redeploy. */
  redeployed(report: Pick<RedeployReport, "outcome" | "accountsOnSite" | "restored" | "putRight" | "wipedAt" | "missing" | "newcomers">): ActivityNews {
    const { accountsOnSite, restored, wipedAt, missing, outcome, putRight, newcomers } = report;
    const facts = { kind: "redeployed", accounts: restored, accountsOnSite, ...(wipedAt === null ? {} : { seenAt: wipedAt.toISOString() }) } as const;
    if (missing.length > 0) {
      const gone = missing.length === 1 ? "1 account that was there before is" : `${count(missing.length)} that were there before are`;
      return { ...facts, level: "attention", message: `Your site was redeployed, and ${gone} not on it.`, hint: "That looks like someone deleted them. Both are kept ready: bring them back, or say that they were deleted on purpose.", ids: shownIds(missing) };
    }
    const there = `${all(accountsOnSite)} there`;
    const message = {
      restored: `Your site was redeployed. ${there} again.`,
      restored_itself: `Your site was redeployed and restored itself. ${there}.`,
      kept: `Your site was redeployed and kept its accounts. ${there}.`,
      nothing_begun: "No redeploy was under way.",
    }[outcome];
    const hints = [
      newcomers > 0 ? `${newcomers === 1 ? "1 person" : `${grouped(newcomers)} people`} signed up meanwhile and ${newcomers === 1 ? "is" : "are"} among them.` : "",
      putRight > 0 ? `${count(putRight)} had come back in an older version and ${putRight === 1 ? "was" : "were"} put right.` : "",
    ].filter((hint) => hint !== "");
    return { ...facts, level: "info", message, ...(hints.length === 0 ? {} : { hint: hints.join(" ") }), ...(outcome === "restored" ? { line: restoredLine(restored) } : {}), ...(outcome === "restored_itself" ? { itself: true } : {}) };
  },

  redeployFailed(error: unknown): ActivityNews {
    const { message, hint } = toErrorValue(error);
    return { kind: "failed", level: "problem", message: `The redeploy did not end well. ${message}`, ...(hint === undefined ? {} : { hint }) };
  },

  variableSet: ({ accounts, checksum }: { readonly accounts: number; readonly checksum: string }): ActivityNews => ({
    kind: "variable_set",
    level: "info",
    accounts,
    message: `The variable at Render now holds ${accounts === 1 ? "your 1 account" : `all ${count(accounts)}`}. Its checksum is ${checksum}.`,
  }),

  /** `eligibility`: whether the site may use one at all; null where nobody can tell. */
  variableStale: ({ missing, changed, gone }: { readonly missing: number; readonly changed: number; readonly gone: number }, eligibility: Eligibility | null): ActivityNews => ({
    kind: "variable_stale",
    level: "attention",
    message: "The variable at Render is out of date.",
    hint: `${[missing > 0 ? `${count(missing)} missing in it` : "", changed > 0 ? `${grouped(changed)} in an older version` : "", gone > 0 ? `${grouped(gone)} no longer on your site` : ""].filter((part) => part !== "").join(", ")}. ${eligibility?.eligible === false ? `${eligibility.message} ${eligibility.hint}` : "Bring it up to date before your next redeploy."}`,
  }),

  startingFresh: (): ActivityNews => ({ kind: "starting_fresh", level: "info", message: "There was no backup to restore from, so the site starts with nobody on it.", line: STARTING_FRESH }),
} as const;
