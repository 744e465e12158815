/** What a failing disk means for the owner. Owns the translation of system error codes; decides by code, never by message text. */
import { KeeperError } from "../../../shared/errors.ts";

const UNNAMED = "UNKNOWN";

/**
 * The system's code ("ENOENT"), or undefined when the error is of another kind: ours and Node's own have codes too. "UNKNOWN" is
 * what libuv has no name for. On Windows (https://github.com/libuv/libuv/blob/v1.x/src/win/error.c) that is a network drive that is
 * gone, a card reader without its card, a file that OneDrive cannot fetch. On macOS, where Node says "Unknown system error -11", it
 * is a file that iCloud has not fetched (https://github.com/tobi/qmd/issues/252).
 */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof KeeperError || !("code" in error) || typeof error.code !== "string") return undefined;
  if (error.code === UNNAMED || error.code.startsWith("Unknown system error")) return UNNAMED;
  return /^E(?!RR_)/.test(error.code) ? error.code : undefined;
}

/**
 * What to do where the system may keep programs out of a folder whoever owns it; null where it does not. On macOS that is EPERM, and
 * want of ordinary rights is EACCES (https://developer.apple.com/forums/thread/678819); Windows keeps them from writing only.
 */
export function protectionHint(error: unknown, doing: "read" | "write"): string | null {
  const code = systemCode(error);
  if (process.platform === "darwin" && code === "EPERM") return "macOS may keep programs out of it. Allow this one in System Settings, Privacy & Security, Files and Folders; or choose another folder.";
  if (process.platform === "win32" && doing === "write" && (code === "EPERM" || code === "EACCES")) {
    return "It may be read-only, belong to someone else, or be protected: see Ransomware protection in Windows Security. Allow writing, or choose another folder.";
  }
  return null;
}

/** For a failure while writing into a backup folder: DISK_FULL, FOLDER_NOT_FOUND or FOLDER_NOT_WRITABLE. Other errors pass as they are. */
export function asWriteError(error: unknown): unknown {
  switch (systemCode(error)) {
    case undefined:
      return error;
    case "ENOSPC":
    case "EDQUOT":
      return new KeeperError("DISK_FULL", "Your disk is full.", {
        hint: "Free some space, or choose another backup folder. Your earlier backups are untouched.",
        cause: error,
      });
    case "ENOTDIR":
    case "EEXIST":
      return notAFolder(error);
    case "ENOENT":
      return new KeeperError("FOLDER_NOT_FOUND", "The backup folder is not there.", {
        hint: "The drive may be unplugged. Connect it, or choose another folder.",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new KeeperError("FOLDER_NOT_WRITABLE", "We cannot write to your backup folder.", {
        hint: protectionHint(error, "write") ?? "It may be read-only or belong to someone else. Allow writing, or choose another folder.",
        cause: error,
      });
    case "EBUSY":
      return new KeeperError("FOLDER_NOT_WRITABLE", "Another program has a file in your backup folder open.", {
        hint: "Close it there, or wait a minute. Then try again.",
        cause: error,
      });
    case "ELOOP":
      return new KeeperError("FOLDER_NOT_WRITABLE", "Something in your backup folder leads to another place.", {
        hint: "Look for a link in it, such as short or safety, and put a folder in its place; or choose another backup folder.",
        cause: error,
      });
    case "EFBIG":
      // FAT32, which most USB sticks have: https://learn.microsoft.com/windows/win32/fileio/filesystem-functionality-comparison
      return new KeeperError("FOLDER_NOT_WRITABLE", "This backup is too large for its drive.", {
        hint: "Many USB sticks take no file of more than 4 GB. Choose a folder on another drive.",
        cause: error,
      });
    default:
      return new KeeperError("FOLDER_NOT_WRITABLE", "We cannot write to your backup folder.", {
        hint: "The drive may be unplugged. Try again, or choose another folder.",
        cause: error,
      });
  }
}

/** For a file where a folder is needed. */
export function notAFolder(cause?: unknown): KeeperError {
  return new KeeperError("FOLDER_NOT_FOUND", "This is a file, not a folder.", { hint: "Name the folder it lies in, or another one.", cause });
}

/** For a failure while reading a backup: BACKUP_NOT_FOUND or FILE_UNREADABLE. Other errors pass as they are. */
export function asReadError(error: unknown): unknown {
  switch (systemCode(error)) {
    case undefined:
      return error;
    case "ENOENT":
    case "ENOTDIR":
      return new KeeperError("BACKUP_NOT_FOUND", "There is no such backup file.", { hint: "Check its name and folder.", cause: error });
    case "EISDIR":
      return new KeeperError("FILE_UNREADABLE", "This is a folder, not a backup file.", { hint: "Choose a file inside it.", cause: error });
    case "EBUSY":
      return new KeeperError("FILE_UNREADABLE", "Another program has this file open.", { hint: "Close it there, or wait a minute. Then try again.", cause: error });
    case UNNAMED:
      return new KeeperError("FILE_UNREADABLE", "This file cannot be read.", {
        hint: "Check that its drive is connected. If it is kept in a cloud (OneDrive, iCloud), let it be downloaded: open it once from its folder.",
        cause: error,
      });
    default:
      return new KeeperError("FILE_UNREADABLE", "This file cannot be read.", {
        hint: protectionHint(error, "read") ?? "Check that you may open it and that its drive is connected.",
        cause: error,
      });
  }
}
