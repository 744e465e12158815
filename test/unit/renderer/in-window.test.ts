/** No next step in the window names a command or an option of the command line. */
import { expect, it } from "vitest";
import { hintInWindow, inWindow } from "../../../renderer/strings/in-window.ts";
import type { ErrorCode } from "../../../shared/errors.ts";

const COMMAND_LINE = /account-keeper |--[a-z]|CHROMA_/;
/** As the app says it, which serves the command line as well. */
const hint = 'Bring them back with "account-keeper restore", or name it with --collection.';
const codes: ErrorCode[] = ["COLLECTION_NOT_FOUND", "SITE_EMPTY", "VECTOR_DIMENSION_UNKNOWN", "VECTOR_DIMENSION_MISMATCH", "RESERVED_METADATA_KEY", "ACCOUNT_NOT_IN_BACKUP", "BUNDLED_SERVER_UNAVAILABLE"];

it.each(codes)("%s", (code) => {
  const told = inWindow({ code, message: "It did not work.", hint, retryable: false });
  expect(told).toMatchObject({ code, message: "It did not work." });
  expect(told.hint).toMatch(/\w/);
  expect(told.hint).not.toMatch(COMMAND_LINE);
});

it.each([["wiped", "problem"], ["deletions", "attention"], ["rehearsed", "attention"]] as const)("%s", (kind, level) => {
  expect(hintInWindow({ kind, level, hint })).toMatch(/\w/);
  expect(hintInWindow({ kind, level, hint })).not.toMatch(COMMAND_LINE);
});

it("leaves every other next step as it is", () => {
  expect(inWindow({ code: "BUSY", message: "Busy.", hint: "Wait.", retryable: true }).hint).toBe("Wait.");
  expect(inWindow({ code: "CANCELLED", message: "Stopped.", retryable: true })).not.toHaveProperty("hint");
  expect(hintInWindow({ kind: "rehearsed", level: "info" })).toBeUndefined();
  expect(hintInWindow({ kind: "failed", level: "attention", hint: "Wait." })).toBe("Wait.");
});
