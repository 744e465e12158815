import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { createBackupWriter } from "../../../electron/engine/backup/backup-writer.ts";
import { decryptAge, encryptAge, unlockAge, type FileKey } from "../../../electron/engine/backup/age.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { lockQuickly, useQuickLocks } from "../../support/quick-lock.ts";
import { accounts, errorOf, FIXTURES, info, readRecords, tempFolder } from "./make-backup.ts";

/** Opening a locked file takes a second of work on purpose, and more on a busy machine. */
const SLOW = 120_000;
const PASSPHRASE = "correct horse battery";

async function* chunksOf(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe("a locked backup", () => {
  it("is a standard age file that only its passphrase opens", async () => {
    const folder = await tempFolder();
    const writer = await createBackupWriter(folder);
    await writer.add(accounts(7));
    const { tempPath, encrypted, sizeBytes, head } = await writer.finish(info(), { passphrase: PASSPHRASE });
    const bytes = await readFile(tempPath);
    expect(encrypted).toBe(true);
    expect(bytes.length).toBe(sizeBytes);
    expect(bytes.toString("latin1")).toMatch(/^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 18\n/);
    expect(bytes.includes("secret-of")).toBe(false);

    // Recognized by what is in it, whatever it is called.
    const renamed = join(folder, "holiday.jpg");
    await writeFile(renamed, bytes);
    const backup = await openBackup({ path: renamed }, { passphrase: PASSPHRASE });
    expect(backup).toMatchObject({ kind: "format_1", encrypted: true, accountCount: 7, head: { account_keeper: { digest: head.account_keeper.digest } } });
    expect(await readRecords(backup)).toStrictEqual(accounts(7));

    for (const passphrase of [undefined, ""]) {
      expect(await errorOf(() => openBackup({ path: tempPath }, { passphrase }))).toMatchObject({ code: "PASSPHRASE_NEEDED", message: "This backup has a passphrase." });
    }
    const wrong = await errorOf(() => openBackup({ path: tempPath }, { passphrase: "Correct horse battery" }));
    expect(wrong).toMatchObject({ code: "PASSPHRASE_WRONG", message: "That passphrase does not open it." });
  }, SLOW);

  it.each(["made-by-age.json.age", "made-by-age-armored.txt"])("may come from the age tool itself: %s", async (name) => {
    const backup = await openBackup({ path: join(FIXTURES, name) }, { passphrase: PASSPHRASE });
    expect(backup).toMatchObject({ kind: "reference", encrypted: true, accountCount: 3 });
    const plain = await openBackup({ path: join(FIXTURES, "reference-ascii.json") });
    expect(await readRecords(backup)).toStrictEqual(await readRecords(plain));
  }, SLOW);

  it("is damaged when its text form is cut", async () => {
    const text = await readFile(join(FIXTURES, "made-by-age-armored.txt"), "utf8");
    expect((await errorOf(() => openBackup({ text: text.slice(0, 800) }, { passphrase: PASSPHRASE }))).code).toBe("BACKUP_DAMAGED");
  });
});

describe("an age file that we did not make", () => {
  it("is refused when it is locked with a key instead of a passphrase", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    const path = join(await tempFolder(), "key.age");
    await writeFile(path, await encrypter.encrypt("{}"));
    const error = await errorOf(() => openBackup({ path }, { passphrase: PASSPHRASE }));
    expect(error.code).toBe("NOT_A_BACKUP");
    expect(error.hint).toContain("age key");
  });

  it("leaves moments for others while several are opened at once", async () => {
    const bytes = Buffer.from(await lockQuickly(Buffer.from("{}"), PASSPHRASE, 16));
    let longestMs = 0;
    let lastMs = performance.now();
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 5);
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, async () => await unlockAge(bytes, PASSPHRASE)));
    const allMs = performance.now() - began;
    clearInterval(ticking);
    // One of them at the most, not all six in one go.
    expect(longestMs).toBeLessThan(allMs / 2);
  });

  it("is refused at once when it asks for years of work", async () => {
    const hostile = (await readFile(join(FIXTURES, "made-by-age.json.age"))).toString("latin1").replace(/(-> scrypt \S+) 18/, "$1 40");
    const startedAt = performance.now();
    const error = await errorOf(() => unlockAge(Buffer.from(hostile, "latin1"), PASSPHRASE));
    expect(error.code).toBe("NOT_A_BACKUP");
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("is refused when a later age made it", async () => {
    expect((await errorOf(() => openBackup({ text: "age-encryption.org/v2\n-> something new\n" }))).code).toBe("BACKUP_NEWER_FORMAT");
  });

  it("is damaged when its head is cut or broken", async () => {
    const bytes = await readFile(join(FIXTURES, "made-by-age.json.age"));
    const folder = await tempFolder();
    const path = join(folder, "cut.age");
    const headLength = bytes.indexOf("\n---") + 1;
    for (let length = 3; length < headLength; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      expect((await errorOf(() => openBackup({ path }, {}))).code, `cut after ${length} bytes`).toBe("BACKUP_DAMAGED");
    }
    await writeFile(path, bytes.toString("latin1").replace("-> scrypt ", "-> scrypt  "), "latin1");
    expect((await errorOf(() => openBackup({ path }, {}))).code).toBe("BACKUP_DAMAGED");
  });
});

describe("the locked bytes", () => {
  useQuickLocks();
  let locked: Buffer;
  let fileKey: FileKey;
  const plain = Buffer.from("0123456789abcdef".repeat(10_000));

  beforeAll(async () => {
    locked = await collect(encryptAge(chunksOf(plain, 1_000), PASSPHRASE));
    fileKey = await unlockAge(locked, PASSPHRASE);
  }, SLOW);

  it("open again, in chunks of any size", async () => {
    for (const size of [1_000, 65_536, 65_552, locked.length]) expect((await collect(decryptAge(chunksOf(locked, size), fileKey))).equals(plain)).toBe(true);
  });

  it("are damaged when any of them is changed or the end is missing", async () => {
    for (let position = 0; position < locked.length; position += 4_999) {
      const changed = Buffer.from(locked);
      changed[position] = (changed[position] ?? 0) ^ 4;
      expect((await errorOf(() => collect(decryptAge(chunksOf(changed), fileKey)))).code, `changed at ${position}`).toBe("BACKUP_DAMAGED");
    }
    // Among them the ends of whole pieces, where a careless reader sees a shorter but valid file.
    const payload = locked.length - (plain.length + 3 * 16);
    for (const length of [100, payload, payload + 65_552, payload + 2 * 65_552, locked.length - 1]) {
      expect((await errorOf(() => collect(decryptAge(chunksOf(locked.subarray(0, length)), fileKey)))).code, `cut after ${length}`).toBe("BACKUP_DAMAGED");
    }
  });

  it("pass on what went wrong with the plain ones", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from("some"));
      throw new Error("the disk is on fire");
    }
    await expect(collect(encryptAge(failing(), PASSPHRASE))).rejects.toThrow("the disk is on fire");
  }, SLOW);
});
