/** The numbers a script sees. They are part of the interface: never change the meaning of one. */
import type { ErrorCode } from "../../shared/errors.ts";

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Finished, but something needs a look. */
  doneWithProblems: 3,
  nothingFound: 10,
  busy: 11,
  passphrase: 12,
  /** 128 + SIGINT, as shells count. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** CONFIRMATION_NEEDED counts as usage: what is missing is `--yes` on the command line. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case "USAGE":
    case "CONFIRMATION_NEEDED":
      return exitCodes.usage;
    case "BACKUP_NOT_FOUND":
    case "VARIABLE_NOT_SET":
    case "COLLECTION_NOT_FOUND":
    case "NO_ACCOUNTS_YET":
      return exitCodes.nothingFound;
    case "BUSY":
      return exitCodes.busy;
    case "PASSPHRASE_NEEDED":
    case "PASSPHRASE_WRONG":
      return exitCodes.passphrase;
    case "CANCELLED":
      return exitCodes.cancelled;
    default:
      return exitCodes.failed;
  }
}
