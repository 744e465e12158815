/** What holds for every backup file: it gives back what was put in, letter by letter, and no damage to it goes unseen. */
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createContentDigest } from "../../../electron/engine/account.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import { info, makeBackup, readRecords, tempFolder } from "../backup/make-backup.ts";
import { anyText, siteRecords } from "./arbitraries.ts";

describe("every backup", () => {
  it("gives back its records: ids, documents and metadata with their own characters and digits, vectors bit by bit", async () => {
    const folder = await tempFolder();
    await fc.assert(
      fc.asyncProperty(siteRecords, anyText, async (records, name) => {
        const chroma = { ...info().chroma, tenant: name, collection: { ...info().chroma.collection, name } };
        const { tempPath } = await makeBackup(folder, records, { site: name, chroma });
        const backup = await openBackup({ path: tempPath });
        const wellFormed = name.toWellFormed();
        // A lone half of a character in a document is kept as its escape, which means the same.
        expect(await readRecords(backup)).toStrictEqual(records);
        expect([backup.head?.account_keeper.site, backup.head?.account_keeper.chroma.collection.name].map((text) => text?.toWellFormed())).toEqual([wellFormed, wellFormed]);
      }),
      { numRuns: 120 },
    );
  });

  it("has a content digest that is the sum of its accounts' hashes, modulo 2^256, in any order", () => {
    const hashes = fc.array(fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.constant(new Uint8Array(32).fill(255))), { maxLength: 40 });
    fc.assert(
      fc.property(hashes, (some) => {
        const digest = createContentDigest();
        for (const hash of some) digest.add(Buffer.from(hash).toString("latin1"));
        const sum = some.reduce((total, hash) => total + BigInt(`0x${Buffer.from(hash).toString("hex")}`), 0n);
        expect(digest.hex()).toBe(BigInt.asUintN(256, sum).toString(16).padStart(64, "0"));
      }),
    );
  });

  it("that was damaged is told, wherever it was, or nothing that counts was", async () => {
    const folder = await tempFolder();
    const [[records]] = [fc.sample(siteRecords.filter((some) => some.length > 3), { numRuns: 1, seed: 11 })];
    const { tempPath } = await makeBackup(folder, records ?? []);
    const whole = await readFile(tempPath, "latin1");
    let told = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(40), fc.oneof(fc.constant(""), fc.string({ unit: "binary-ascii", maxLength: 3 })), async (at, lost, noise) => {
        const text = whole.slice(0, at) + noise + whole.slice(at + lost);
        try {
          // Changed bytes may leave the kind or the spaces; whatever is still format 1 must be the same accounts.
          const backup = await openBackup({ text: Buffer.from(text, "latin1").toString("utf8") });
          expect([backup.kind, await readRecords(backup)]).toStrictEqual(["format_1", records]);
        } catch (error) {
          if (!isKeeperError(error)) throw error;
          told += 1;
          // Without its first bracket it may read like a variable.
          expect(["BACKUP_DAMAGED", "NOT_A_BACKUP", "BACKUP_NEWER_FORMAT", "NOT_A_VARIABLE", "VARIABLE_CUT", "VARIABLE_DAMAGED"]).toContain(error.code);
        }
      }),
      { numRuns: 800 },
    );
    expect(told).toBeGreaterThan(500);
  });
});
