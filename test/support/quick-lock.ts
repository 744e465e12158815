/** Locked backups for tests that wait for each of them: our own locks take a second of work, these a thousandth of it. */
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { Decrypter, Encrypter } from "age-encryption";
import { afterAll, beforeAll } from "vitest";

const WORK_FACTOR = 8;

/** Ours have a work factor of 18; each less halves the work. */
export async function lockQuickly(bytes: Uint8Array, passphrase: string, workFactor = WORK_FACTOR): Promise<Uint8Array> {
  const lock = new Encrypter();
  lock.setScryptWorkFactor(workFactor);
  lock.setPassphrase(passphrase);
  return await lock.encrypt(bytes);
}

/** A plain backup becomes a locked one with the time it had; returns its path. */
export async function lockFileQuickly(path: string, passphrase: string): Promise<string> {
  const { mtime } = await stat(path);
  const locked = `${path}.age`;
  await writeFile(locked, await lockQuickly(await readFile(path), passphrase), { mode: 0o600 });
  await utimes(locked, mtime, mtime);
  await rm(path);
  return locked;
}

/** A locked file as it was, but for the work that opening it takes. */
export async function relockFileQuickly(path: string, passphrase: string): Promise<void> {
  const { mtime } = await stat(path);
  const unlock = new Decrypter();
  unlock.addPassphrase(passphrase);
  await writeFile(path, await lockQuickly(await unlock.decrypt(await readFile(path)), passphrase));
  await utimes(path, mtime, mtime);
}

/** In this file, or this `describe`, what the product locks within this process is locked quickly too. */
export function useQuickLocks(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the lock it belongs to
  const { setPassphrase } = Encrypter.prototype;
  beforeAll(() => {
    Encrypter.prototype.setPassphrase = function (this: Encrypter, passphrase) {
      this.setScryptWorkFactor(WORK_FACTOR);
      setPassphrase.call(this, passphrase);
    };
  });
  afterAll(() => {
    Encrypter.prototype.setPassphrase = setPassphrase;
  });
}
