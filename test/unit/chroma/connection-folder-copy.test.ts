/** The copy of a folder that changes while it is copied. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { copyChromaFolder } from "../../../electron/engine/chroma/folder-copy.ts";

const INDEX = "3f0c1b52-7a0e-4a57-9d0c-0d5d3f6f8a11";
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
  mkdirSync(join(folder, INDEX));
  for (const name of ["chroma.sqlite3", "chroma.sqlite3-journal", "chroma.sqlite3-wal", "chroma.sqlite3-shm", "notes.txt", join(INDEX, "data.bin")]) writeFileSync(join(folder, name), `first ${name}`);
});
afterEach(async () => await rm(folder, { recursive: true }));

function filesIn(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => [join(entry.parentPath, entry.name).slice(path.length + 1), readFileSync(join(entry.parentPath, entry.name), "utf8")]));
}

/** Runs `change` when so many progress reports have been made, and returns what was copied in the end. */
async function copyWhile(change: () => void, atReport = 2): Promise<Record<string, string>> {
  let reports = 0;
  const copy = await copyChromaFolder(folder, {
    onProgress: () => {
      reports += 1;
      if (reports === atReport) change();
    },
  });
  try {
    expect(reports).toBeGreaterThan(atReport);
    return filesIn(copy.path);
  } finally {
    await copy.remove();
    expect(() => readdirSync(copy.path)).toThrow("ENOENT");
  }
}

it("takes the database, its journals and the index files, and nothing else", async () => {
  expect(await copyWhile(() => undefined)).toEqual({
    "chroma.sqlite3": "first chroma.sqlite3",
    "chroma.sqlite3-journal": "first chroma.sqlite3-journal",
    "chroma.sqlite3-wal": "first chroma.sqlite3-wal",
    [join(INDEX, "data.bin")]: `first ${join(INDEX, "data.bin")}`,
  });
});

it("takes again what changed after it was copied", async () => {
  const files = await copyWhile(() => {
    for (const name of ["chroma.sqlite3", "chroma.sqlite3-wal", join(INDEX, "data.bin")]) appendFileSync(join(folder, name), ", second");
  });
  expect(files).toMatchObject({ "chroma.sqlite3": "first chroma.sqlite3, second", "chroma.sqlite3-wal": "first chroma.sqlite3-wal, second", [join(INDEX, "data.bin")]: `first ${join(INDEX, "data.bin")}, second` });
});

it("drops a journal whose transaction has ended: it would undo that transaction", async () => {
  // The last report of the first round: everything is copied.
  const files = await copyWhile(() => {
    rmSync(join(folder, "chroma.sqlite3-journal"));
    writeFileSync(join(folder, "chroma.sqlite3"), "committed");
  }, 5);
  expect(files).not.toHaveProperty(["chroma.sqlite3-journal"]);
  expect(files).toMatchObject({ "chroma.sqlite3": "committed" });
});

it("goes on when files disappear before they are reached", async () => {
  const files = await copyWhile(() => {
    rmSync(join(folder, INDEX), { recursive: true });
    rmSync(join(folder, "chroma.sqlite3-wal"));
  }, 1);
  expect(Object.keys(files).sort()).toEqual(["chroma.sqlite3", "chroma.sqlite3-journal"]);
});

it("notices files that come while it copies", async () => {
  const files = await copyWhile(() => writeFileSync(join(folder, INDEX, "more.bin"), "new"));
  expect(files).toMatchObject({ [join(INDEX, "more.bin")]: "new" });
});

it("leaves an index out that is only partly there, and takes a whole one", async () => {
  const parts = ["header.bin", "data_level0.bin", "length.bin", "link_lists.bin"];
  for (const name of parts.slice(1)) writeFileSync(join(folder, INDEX, name), name);
  expect(Object.keys(await copyWhile(() => undefined)).filter((name) => name.startsWith(INDEX))).toEqual([]);
  expect(readdirSync(join(folder, INDEX)).sort()).toEqual(["data.bin", ...parts.slice(1)].sort());
  writeFileSync(join(folder, INDEX, "header.bin"), "header.bin");
  expect(Object.keys(await copyWhile(() => undefined))).toEqual(expect.arrayContaining(parts.map((name) => join(INDEX, name))));
});
