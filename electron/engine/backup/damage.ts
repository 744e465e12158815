/** The sentences for files that cannot be used as a backup. */
import { KeeperError } from "../../../shared/errors.ts";
import { JsonSyntaxError } from "../json/slices.ts";

const TAKE_AN_OLDER_ONE = "It will not be used. Take an older backup; none is changed.";

/** `what` ends the owner's sentence: "is cut off". */
export function damaged(what: string, options: { hint?: string; cause?: unknown } = {}): KeeperError {
  return new KeeperError("BACKUP_DAMAGED", `This backup is damaged: ${what}.`, { hint: options.hint ?? TAKE_AN_OLDER_ONE, cause: options.cause });
}

export function newerFormat(): KeeperError {
  return new KeeperError("BACKUP_NEWER_FORMAT", "A newer Account Keeper made this file.", { hint: "Update Account Keeper, then open it again." });
}

export function notABackup(hint = "Choose a file named user_backup_….json, or a file that holds the variable's text."): KeeperError {
  return new KeeperError("NOT_A_BACKUP", "This file is not a backup.", { hint });
}

/** A file that is no JSON from some point on. Errors of other kinds pass as they are. */
export function asDamage(error: unknown): unknown {
  if (!(error instanceof JsonSyntaxError)) return error;
  switch (error.reason) {
    case "cut":
      return damaged("it is cut off", { cause: error });
    case "malformed":
      return damaged("its text is broken", { cause: error });
    case "too_large":
      return damaged("one account in it is larger than any account can be", { cause: error });
  }
}
