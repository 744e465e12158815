// `safeStorage`: real encryption with a key in userData instead of the system's keyring. ELECTRON_STANDIN_KEYRING chooses what kind of
// machine it is: unset or a backend's name for one with a keyring, `basic_text` for one without, `silent` for a desktop that should have
// one where none answers, `none` for one where nothing works.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { SafeStorage } from "electron";

import { app } from "./app.ts";
import { loud } from "./loud.ts";

type Backend = ReturnType<SafeStorage["getSelectedStorageBackend"]>;

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Chromium's mark for a value encrypted with a key from a keyring, and for one encrypted with the built-in password. */
const PREFIXES = { keyring: "v11", builtIn: "v10" } as const;

let plainTextAllowed = false;

function keyring(): string {
  return process.env["ELECTRON_STANDIN_KEYRING"] ?? "gnome_libsecret";
}

function backend(): Backend {
  const known: Backend[] = ["basic_text", "gnome_libsecret", "kwallet", "kwallet5", "kwallet6"];
  const name = keyring() === "silent" ? "gnome_libsecret" : keyring();
  return (app.isReady() ? known.find((each) => each === name) : undefined) ?? "unknown";
}

function isAvailable(): boolean {
  if (!app.isReady() || ["none", "silent"].includes(keyring())) return false;
  return backend() !== "basic_text" || plainTextAllowed;
}

/** The async calls fall back to Chromium's built-in password by themselves: available, but no protection. Apps must look at the backend. */
function isAvailableAsync(): boolean {
  return app.isReady() && keyring() !== "none";
}

function key(): Buffer {
  const file = join(app.getPath("userData"), "stand-in-keyring");
  try {
    return readFileSync(file);
  } catch {
    const made = randomBytes(32);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, made, { mode: 0o600 });
    return made;
  }
}

function encrypt(text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key(), nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const prefix = ["basic_text", "silent"].includes(keyring()) ? PREFIXES.builtIn : PREFIXES.keyring;
  return Buffer.concat([Buffer.from(prefix), nonce, cipher.getAuthTag(), body]);
}

function decrypt(encrypted: Buffer): string {
  const prefixes: string[] = Object.values(PREFIXES);
  if (!Buffer.isBuffer(encrypted) || !prefixes.includes(encrypted.subarray(0, 3).toString())) throw failure("decrypting", "ciphertext", "decryptString");
  const nonce = encrypted.subarray(3, 3 + NONCE_BYTES);
  const tag = encrypted.subarray(3 + NONCE_BYTES, 3 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key(), nonce);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(encrypted.subarray(3 + NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    throw failure("decrypting", "ciphertext", "decryptString");
  }
}

function failure(doing: string, what: string, method: string, reason = ""): Error {
  return new Error(`Error while ${doing} the ${what} provided to safeStorage.${method}.${reason}`);
}

function need(available: boolean, doing: string, what: string, method: string): void {
  if (!available) throw failure(doing, what, method, " Encryption is not available.");
}

/* eslint-disable @typescript-eslint/no-deprecated -- the synchronous calls are emulated for as long as Electron has them */
export const safeStorage = loud("safeStorage", {
  isEncryptionAvailable: isAvailable,
  isAsyncEncryptionAvailable: () => Promise.resolve(isAvailableAsync()),
  getSelectedStorageBackend: backend,
  setUsePlainTextEncryption: (usePlainText: boolean) => void (plainTextAllowed = usePlainText),
  encryptString(text: string): Buffer {
    need(isAvailable(), "encrypting", "text", "encryptString");
    return encrypt(text);
  },
  decryptString(encrypted: Buffer): string {
    need(isAvailable(), "decrypting", "ciphertext", "decryptString");
    return decrypt(encrypted);
  },
  encryptStringAsync: (text: string) =>
    new Promise<Buffer>((resolve) => {
      need(isAvailableAsync(), "encrypting", "text", "encryptStringAsync");
      resolve(encrypt(text));
    }),
  decryptStringAsync: (encrypted: Buffer) =>
    new Promise<Electron.DecryptStringAsyncReturnValue>((resolve) => {
      need(isAvailableAsync(), "decrypting", "ciphertext", "decryptStringAsync");
      resolve({ shouldReEncrypt: false, result: decrypt(encrypted) });
    }),
} satisfies SafeStorage);
