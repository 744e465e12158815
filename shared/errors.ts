/**
 * Every way an operation can fail, by code. Owns the codes and their meaning for behaviour (`retryable`);
 * the sentence and the next step are written where the failure is found.
 */

/** `retryable`: the same call may succeed later without the owner changing anything. */
const errorCodes = {
  // Reaching the server
  INVALID_ADDRESS: { retryable: false },
  SERVER_UNREACHABLE: { retryable: true },
  SITE_ASLEEP: { retryable: true },
  TLS_FAILED: { retryable: false },
  NOT_CHROMA: { retryable: false },
  CHROMA_TOO_OLD: { retryable: false },
  KEY_REFUSED: { retryable: false },
  TENANT_NOT_FOUND: { retryable: false },
  DATABASE_NOT_FOUND: { retryable: false },
  COLLECTION_NOT_FOUND: { retryable: false },
  // What the server answers
  RATE_LIMITED: { retryable: true },
  QUOTA_EXCEEDED: { retryable: false },
  REQUEST_TOO_LARGE: { retryable: false },
  SERVER_REFUSED: { retryable: false },
  SERVER_FAILED: { retryable: true },
  BAD_ANSWER: { retryable: true },
  ANSWER_TOO_LARGE: { retryable: false },
  // The bundled server and data folders
  BUNDLED_SERVER_UNAVAILABLE: { retryable: false },
  BUNDLED_SERVER_FAILED: { retryable: true },
  FOLDER_NOT_FOUND: { retryable: false },
  NOT_A_CHROMA_FOLDER: { retryable: false },
  // Backup files and vaults
  BACKUP_NOT_FOUND: { retryable: false },
  BACKUP_DAMAGED: { retryable: false },
  BACKUP_NEWER_FORMAT: { retryable: false },
  NOT_A_BACKUP: { retryable: false },
  PASSPHRASE_NEEDED: { retryable: false },
  PASSPHRASE_WRONG: { retryable: false },
  FILE_UNREADABLE: { retryable: false },
  FOLDER_NOT_WRITABLE: { retryable: false },
  DISK_FULL: { retryable: false },
  BUSY: { retryable: true },
  SITE_EMPTY: { retryable: false },
  NO_ACCOUNTS_YET: { retryable: false },
  // The folder holds the backups of another one.
  OTHER_SITE: { retryable: false },
  // The variable
  VARIABLE_NOT_SET: { retryable: false },
  VARIABLE_CUT: { retryable: false },
  VARIABLE_DAMAGED: { retryable: false },
  NOT_A_VARIABLE: { retryable: false },
  NOT_ELIGIBLE: { retryable: false },
  // Accounts inside a backup
  ACCOUNT_WITHOUT_ID: { retryable: false },
  ACCOUNT_WITHOUT_EMAIL: { retryable: false },
  ACCOUNT_NOT_IN_BACKUP: { retryable: false },
  DUPLICATE_ID: { retryable: false },
  DUPLICATE_EMAIL: { retryable: false },
  RESERVED_METADATA_KEY: { retryable: false },
  VECTOR_DIMENSION_MISMATCH: { retryable: false },
  VECTOR_DIMENSION_UNKNOWN: { retryable: false },
  // Restoring
  PLAN_STALE: { retryable: true },
  CONFIRMATION_NEEDED: { retryable: false },
  RESTORE_INCOMPLETE: { retryable: true },
  VERIFICATION_FAILED: { retryable: true },
  // The hosting service (Render)
  HOST_KEY_REFUSED: { retryable: false },
  HOST_SERVICE_NOT_FOUND: { retryable: false },
  HOST_DEPLOY_NOT_FOUND: { retryable: false },
  HOST_UNREACHABLE: { retryable: true },
  HOST_FAILED: { retryable: true },
  HOST_RATE_LIMITED: { retryable: true },
  HOST_REFUSED: { retryable: false },
  DEPLOY_FAILED: { retryable: false },
  DEPLOY_UNFINISHED: { retryable: true },
  // Asking again could deploy twice: the deploys are looked at first.
  DEPLOY_UNCERTAIN: { retryable: false },
  // The window and its hosts
  BAD_REQUEST: { retryable: false },
  UNKNOWN_COMMAND: { retryable: false },
  SENDER_REFUSED: { retryable: false },
  SITE_NOT_FOUND: { retryable: false },
  SITE_EXISTS: { retryable: false },
  OPERATION_NOT_FOUND: { retryable: false },
  TOKEN_UNKNOWN: { retryable: false },
  KEY_MISSING: { retryable: false },
  KEYCHAIN_MISSING: { retryable: false },
  SETTINGS_UNREADABLE: { retryable: false },
  NOT_AVAILABLE_HERE: { retryable: false },
  BACKUP_KEPT: { retryable: false },
  ENGINE_STOPPED: { retryable: true },
  // Everything else
  USAGE: { retryable: false },
  CANCELLED: { retryable: true },
  INTERNAL: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}

/** An error as it crosses a border (window, JSON output, library): plain data, no stack, no secret. */
export interface ErrorValue {
  readonly code: ErrorCode;
  /** One sentence the owner understands. */
  readonly message: string;
  /** The next step. */
  readonly hint?: string | undefined;
  readonly retryable: boolean;
  /** Finds the technical reason in the log. */
  readonly ref?: string | undefined;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorValue };

interface KeeperErrorOptions {
  /** The next step, for the owner. */
  hint?: string;
  /** The technical reason; reaches the log, never the owner's sentence. */
  cause?: unknown;
}

/** The one error class of the product. Inside the engine it is thrown; at every border it becomes an `ErrorValue`. */
export class KeeperError extends Error {
  override readonly name = "KeeperError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: KeeperErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

export function isKeeperError(error: unknown, code?: ErrorCode): error is KeeperError {
  return error instanceof KeeperError && (code === undefined || error.code === code);
}

/** Turns whatever was thrown into plain data. What is not a `KeeperError` is a defect and becomes INTERNAL, without its text. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof KeeperError) {
    const { code, message, hint, retryable } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }), retryable };
  }
  return {
    code: "INTERNAL",
    message: "Something went wrong inside Account Keeper.",
    hint: "Your backups are untouched. Please report this with the steps that led to it.",
    retryable: false,
  };
}
