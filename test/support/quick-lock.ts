/** Locked backups for tests that wait for each of them: our own locks take a second of work, these a thousandth of it. */
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { Encrypter } from "age-encryption";

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
