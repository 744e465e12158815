/** The one module that reaches the system's keychain. It only seals and opens: what is sealed is kept by the app. */
import { safeStorage } from "electron";
import type { Keychain } from "../app/ports.ts";

/** Throws, from `seal` and `open`, what the system says; `seal` never falls back to scrambling. */
export function createKeychain(): Keychain {
  return {
    isSafe,
    async seal(text) {
      if (!(await isSafe())) throw new Error("There is no keychain to seal with.");
      return (await safeStorage.encryptStringAsync(text)).toString("base64");
    },
    async open(sealed) {
      return (await safeStorage.decryptStringAsync(Buffer.from(sealed, "base64"))).result;
    },
  };
}

/** On Linux without a keychain Electron would encrypt with a password that stands in its source. */
async function isSafe(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  return process.platform !== "linux" || !["basic_text", "unknown"].includes(safeStorage.getSelectedStorageBackend());
}
