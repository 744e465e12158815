import { describe, expect, it } from "vitest";
import { asReadError, asWriteError, systemCode } from "../../../electron/engine/backup/file-errors.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { pretendPlatform } from "../../support/windows-disk.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: something about /a/path`), { code });
}

describe("a failing disk in the owner's words", () => {
  it.each([
    ["ENOSPC", "DISK_FULL"],
    ["EDQUOT", "DISK_FULL"],
    ["EACCES", "FOLDER_NOT_WRITABLE"],
    ["EROFS", "FOLDER_NOT_WRITABLE"],
    ["EPERM", "FOLDER_NOT_WRITABLE"],
    ["EIO", "FOLDER_NOT_WRITABLE"],
    ["ELOOP", "FOLDER_NOT_WRITABLE"],
    ["EFBIG", "FOLDER_NOT_WRITABLE"],
    ["EBUSY", "FOLDER_NOT_WRITABLE"],
    ["UNKNOWN", "FOLDER_NOT_WRITABLE"],
    ["ENOENT", "FOLDER_NOT_FOUND"],
    ["ENOTDIR", "FOLDER_NOT_FOUND"],
  ])("writing: %s is %s", (code, expected) => {
    const error = asWriteError(systemError(code));
    expect(error).toMatchObject({ code: expected, hint: expect.stringMatching(/\w/) as string });
    expect((error as KeeperError).message).not.toContain("/a/path");
  });

  it("tells a drive whose files have a largest size from one that is unplugged", () => {
    expect(asWriteError(systemError("EFBIG"))).toMatchObject({ message: expect.stringContaining("too large") as string, hint: expect.stringContaining("4 GB") as string });
  });

  it.each([
    ["ENOENT", "BACKUP_NOT_FOUND"],
    ["EISDIR", "FILE_UNREADABLE"],
    ["EACCES", "FILE_UNREADABLE"],
    ["EIO", "FILE_UNREADABLE"],
    ["EBUSY", "FILE_UNREADABLE"],
    ["UNKNOWN", "FILE_UNREADABLE"],
    ["Unknown system error -11", "FILE_UNREADABLE"],
  ])("reading: %s is %s", (code, expected) => {
    expect(asReadError(systemError(code))).toMatchObject({ code: expected, hint: expect.stringMatching(/\w/) as string });
  });

  it("names what keeps programs out of a folder on each system", () => {
    const hints = (code: string): (string | undefined)[] => [asWriteError(systemError(code)), asReadError(systemError(code))].map((error) => (error as KeeperError).hint);
    pretendPlatform("darwin");
    expect(hints("EPERM")).toStrictEqual([expect.stringContaining("Files and Folders"), expect.stringContaining("Files and Folders")]);
    expect(hints("EACCES").join()).not.toContain("Files and Folders");
    pretendPlatform("win32");
    expect(hints("EPERM")).toStrictEqual([expect.stringContaining("Ransomware protection"), expect.not.stringContaining("Ransomware protection")]);
    pretendPlatform("linux");
    expect(hints("EPERM").join()).not.toMatch(/System Settings|Windows Security/);
  });

  it("leaves errors of other kinds as they are", () => {
    for (const error of [new KeeperError("CANCELLED", "Stopped."), new TypeError("a defect"), systemError("ERR_INVALID_ARG_TYPE"), "text"]) {
      expect(asWriteError(error)).toBe(error);
      expect(asReadError(error)).toBe(error);
      expect(systemCode(error)).toBeUndefined();
    }
  });
});
