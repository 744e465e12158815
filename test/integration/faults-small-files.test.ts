/**
 * `kill -9` before every step on the disk of a small file: the journal of a redeploy, the mark of a restore, the list of sites. What
 * is read afterwards is the old one or the new one, and writing it again works.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openStateFile } from "../../electron/app/state-file.ts";
import { readRestoreMark } from "../../electron/engine/operations/restore-mark.ts";
import { readJournal, writeJournal, type RedeployJournal } from "../../electron/engine/redeploy/journal.ts";
import { setRestoreMark } from "../../electron/engine/operations/restore-mark.ts";
import { fileSteps, stepsIn } from "../support/file-steps.ts";
import { runModule } from "../support/processes.ts";
import { temporaryFolder } from "../support/site.ts";

const built = (path: string): string => JSON.stringify(new URL(`../../dist/electron/${path}`, import.meta.url).href);

const journal: RedeployJournal = { version: 1, serviceId: "srv-1", askedAt: "2026-11-24T12:00:00.000Z", deployId: null, deployBefore: null, accounts: 5, collectionId: "c-1", downAt: null, backAt: null, wipedAt: null, restored: 0, putRight: 0 };
const later: RedeployJournal = { ...journal, deployId: "dep-1", wipedAt: "2026-11-24T12:05:00.000Z", restored: 5 };
const schema = z.object({ version: z.literal(1), names: z.array(z.string()) });

interface SmallFile {
  readonly what: string;
  /** Writes the old one, in this process. */
  readonly begin: (folder: string) => Promise<void>;
  /** Writes the new one; source of a module that knows `folder`. */
  readonly change: string;
  readonly read: (folder: string) => Promise<unknown>;
  readonly old: unknown;
  readonly new: unknown;
}

async function openList(folder: string): Promise<Awaited<ReturnType<typeof openStateFile<z.infer<typeof schema>>>>> {
  return await openStateFile({ path: join(folder, "sites.json"), schema, initial: { version: 1, names: [] }, what: "Your list" });
}

const FILES: readonly SmallFile[] = [
  {
    what: "the journal of a redeploy",
    begin: async (folder) => await writeJournal(folder, journal),
    change: `const { writeJournal } = await import(${built("engine/redeploy/journal.js")}); await writeJournal(folder, ${JSON.stringify(later)});`,
    read: readJournal,
    old: journal,
    new: later,
  },
  {
    what: "the mark of a restore",
    begin: async (folder) => await setRestoreMark(folder, { collectionName: "users", collectionId: "c-1" }),
    change: `const { setRestoreMark } = await import(${built("engine/operations/restore-mark.js")}); await setRestoreMark(folder, { collectionName: "users", collectionId: null });`,
    read: readRestoreMark,
    old: { collectionName: "users", collectionId: "c-1" },
    new: { collectionName: "users", collectionId: null },
  },
  {
    what: "the list of sites",
    begin: async (folder) => {
      const list = await openList(folder);
      await list.update((value) => ({ ...value, names: ["old"] }));
    },
    change: `const { openStateFile } = await import(${built("app/state-file.js")});
      const schema = { safeParse: (data) => ({ success: true, data }) };
      const file = await openStateFile({ path: folder + "/sites.json", schema, initial: { version: 1, names: [] }, what: "Your list" });
      await file.update((value) => ({ ...value, names: ["new"] }));`,
    read: async (folder) => {
      const { value, notice } = await openList(folder);
      expect(notice).toBeNull();
      return value.names;
    },
    old: ["old"],
    new: ["new"],
  },
];

describe.each(FILES)("$what", ({ begin, change, read, old, new: changed }) => {
  it("is the old one or the new one, whenever the process was killed", async () => {
    const seen: unknown[] = [];
    for (let step = 1; ; step += 1) {
      const folder = await temporaryFolder();
      await begin(folder);
      const child = runModule(`${fileSteps(step)}\nconst folder = ${JSON.stringify(folder)};\n${change}`);
      const { code, stderr } = await child.ended();
      const found = await read(folder);
      seen.push(found);
      expect([old, changed], `killed before step ${step}`).toContainEqual(found);
      if (code === 0) {
        expect(found).toEqual(changed);
        expect(stepsIn(stderr).map((words) => words.split(" ")[0])).toEqual(["open", "write", "sync", "rename", "sync"]);
        expect(await readdir(folder)).toHaveLength(1);
        break;
      }
      expect([code, stepsIn(stderr)]).toEqual([null, expect.objectContaining({ length: step - 1 })]);
      const again = await runModule(`const folder = ${JSON.stringify(folder)};\n${change}`).ended();
      expect([again.code, await read(folder)]).toEqual([0, changed]);
    }
    // From the rename on it is the new one.
    expect(seen).toEqual([old, old, old, old, changed, changed]);
  });
});
