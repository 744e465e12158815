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

/** What Chromium on Linux begins with when it sealed with the password that stands in its source (os_crypt's posix_key_provider.cc). */
const SEALED_BY_NOTHING = Buffer.from("v10");

/**
 * On Linux without a keychain Electron seals with that password and says nothing. The backend is only the one that suits the desktop, there
 * or not; whether a keychain answered shows on what is sealed.
 */
async function isSafe(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  if (process.platform !== "linux") return true;
  if (["basic_text", "unknown"].includes(safeStorage.getSelectedStorageBackend())) return false;
  const sealed = await safeStorage.encryptStringAsync("Is anybody there?");
  return !sealed.subarray(0, SEALED_BY_NOTHING.length).equals(SEALED_BY_NOTHING);
}
