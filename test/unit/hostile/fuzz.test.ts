/** A slice of the fuzz (`npm run fuzz`), the same every time. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { fuzz } from "../../fuzz/fuzz.ts";
import { tempFolder } from "../backup/make-backup.ts";

it("every reader refuses mutated files with typed errors, and changes nothing else", async () => {
  const corpus = join(import.meta.dirname, "../../fuzz/corpus");
  const { findings, endings } = await fuzz({ corpus, folder: join(await tempFolder(), "input"), seed: 1, from: 0, count: 1_500 });
  expect(findings).toEqual([]);
  // Both happen: what is refused at the door alone would not have been read.
  expect(endings["read"]).toBeGreaterThan(300);
  expect(endings["BACKUP_DAMAGED"]).toBeGreaterThan(100);
}, 60_000);
