/**
 * Backups locked with a passphrase, in the standard age format: any age tool opens them, and theirs open here.
 * Wraps the age library and turns what it refuses into the owner's sentences, by stages rather than by its messages.
 */
import { ReadableStream } from "node:stream/web";
import { setImmediate } from "node:timers/promises";
import type { Stanza } from "age-encryption";
import { KeeperError } from "../../../shared/errors.ts";
import { damaged, newerFormat, notABackup } from "./damage.ts";

const VERSION_LINE = "age-encryption.org/v1\n";
const ANY_VERSION = "age-encryption.org/";
const ARMOR_LINE = "-----BEGIN AGE ENCRYPTED FILE-----";
/** Each step doubles the time and memory of one attempt: 20 takes a gigabyte. The standard tool writes 18. */
const MAX_WORK_FACTOR = 20;

/** Loaded when it is needed: a fifth of the time in which the command starts, and most backups are not locked. */
const library = async () => await import("age-encryption");

export type AgeKind = "binary" | "armored" | null;

/** Told by the first bytes, never by the name. A file cut within the first line counts. Throws BACKUP_NEWER_FORMAT for a later age. */
export function ageKindOf(start: Buffer): AgeKind {
  const text = start.subarray(0, 256).toString("latin1");
  const armorText = text.trimStart();
  if (text.startsWith(VERSION_LINE)) return "binary";
  if (armorText.startsWith(ARMOR_LINE)) return "armored";
  if (text.startsWith(ANY_VERSION) && text.length > VERSION_LINE.length) throw newerFormat();
  if (text.length >= 3 && VERSION_LINE.startsWith(text)) return "binary";
  return armorText.length >= 3 && ARMOR_LINE.startsWith(armorText) ? "armored" : null;
}

/** The bytes inside the text form of an age file. Throws BACKUP_DAMAGED. */
export async function openArmor(text: string): Promise<Buffer> {
  const { armor } = await library();
  try {
    return Buffer.from(armor.decode(text));
  } catch (error) {
    throw damaged("it is cut off or its text is broken", { cause: error });
  }
}

/** A file key, to be used with `decryptAge` as often as needed: finding it takes a second of work on purpose. */
export type FileKey = Uint8Array;

/**
 * Finds the key with which the file was locked. `start`: its first bytes, the whole age header among them.
 * Throws PASSPHRASE_NEEDED, PASSPHRASE_WRONG, BACKUP_DAMAGED, or NOT_A_BACKUP for a file that no passphrase opens.
 */
export async function unlockAge(start: Buffer, passphrase: string | undefined): Promise<FileKey> {
  const { Decrypter } = await library();
  let stage: "header" | "passphrase" | "refused" = "header";
  const decrypter = new Decrypter();
  // The library asks its identities one after the other: the outer two only watch how far it gets.
  decrypter.addIdentity({
    unwrapFileKey(stanzas: Stanza[]) {
      checkStanzas(stanzas);
      if (passphrase === undefined || passphrase === "") throw passphraseNeeded();
      stage = "passphrase";
      return null;
    },
  });
  decrypter.addPassphrase(passphrase ?? "");
  decrypter.addIdentity({
    unwrapFileKey() {
      stage = "refused";
      return null;
    },
  });
  try {
    return await oneAtATime(async () => await decrypter.decryptHeader(start));
  } catch (error) {
    if (error instanceof KeeperError) throw error;
    if (isRefused(stage)) {
      throw new KeeperError("PASSPHRASE_WRONG", "That passphrase does not open it.", { hint: "Check capital letters and spaces, then try again.", cause: error });
    }
    throw damaged("it is cut off or its head was changed", { cause: error });
  }
}

let unlocking: Promise<unknown> = Promise.resolve();

/**
 * The second of work is done in one go on the only thread. Several at once would leave no moment for anything else: a
 * lock could not be kept fresh, and nobody would hear Ctrl+C.
 */
async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = unlocking.then(async () => {
    await setImmediate();
    return await work();
  });
  unlocking = mine.catch(() => undefined);
  return await mine;
}

/** Asked through a function because the compiler does not see that callbacks move the stage. */
function isRefused(stage: string): boolean {
  return stage === "refused";
}

function checkStanzas(stanzas: readonly Stanza[]): void {
  const scrypt = stanzas.find((stanza) => stanza.args[0] === "scrypt");
  if (scrypt === undefined) throw notABackup("It is locked with an age key, not with a passphrase. Open it with age first, then use what comes out.");
  if (Number(scrypt.args[2]) > MAX_WORK_FACTOR) throw notABackup("It asks for more work to open than any real backup would.");
}

function passphraseNeeded(): KeeperError {
  return new KeeperError("PASSPHRASE_NEEDED", "This backup has a passphrase.", { hint: "Give the passphrase it was made with." });
}

/** The plain bytes. Throws BACKUP_DAMAGED where a byte was changed or the end is missing; what comes before may have been yielded. */
export async function* decryptAge(locked: AsyncIterable<Uint8Array>, fileKey: FileKey): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await library();
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    yield* await decrypter.decrypt(ReadableStream.from(locked));
  } catch (error) {
    throw error instanceof KeeperError ? error : damaged("it is cut off or was changed", { cause: error });
  }
}

/** The locked bytes of `plain`. Errors of `plain` pass as they are. */
export async function* encryptAge(plain: AsyncIterable<Uint8Array>, passphrase: string): AsyncGenerator<Uint8Array> {
  const { Encrypter } = await library();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  yield* await encrypter.encrypt(ReadableStream.from(plain));
}
