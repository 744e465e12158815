/** What is under way when writing ends early. What a real server makes of an upsert is in test/integration. */
import { EventEmitter, once } from "node:events";
import { describe, expect, it } from "vitest";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { upsertRecords, type WritableRecord } from "../../../electron/engine/chroma/write-records.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { account, errorOf } from "../backup/make-backup.ts";
import { memorySite } from "../property/memory-site.ts";

const EMBEDDING = new Float32Array([0.25, -1, 3.5]);
const people = (from: number, count: number): WritableRecord[] => Array.from({ length: count }, (_, index) => ({ ...account(`u-${from + index}`), embedding: EMBEDDING }));
const damaged = new KeeperError("BACKUP_DAMAGED", "This backup is damaged: it is cut off.");

/** More than one batch, and then the backup they come from turns out to be damaged. */
function* thenDamaged(): Generator<WritableRecord[]> {
  yield people(0, 150);
  throw damaged;
}

interface SlowSite {
  readonly connection: ChromaConnection;
  readonly written: () => number;
  /** A batch is under way, until `answer` tells the server's word for it. */
  readonly begun: Promise<unknown>;
  readonly answer: (refusal: KeeperError | null) => void;
}

function slowSite(): SlowSite {
  const memory = memorySite([]);
  const events = new EventEmitter<{ begun: []; answered: [] }>();
  let refused: KeeperError | null = null;
  return {
    connection: {
      ...memory.connection,
      post: async (...call) => {
        const answered = once(events, "answered");
        events.emit("begun");
        await answered;
        if (refused !== null) throw refused;
        return await memory.connection.post(...call);
      },
    },
    written: () => memory.records().length,
    begun: once(events, "begun"),
    answer: (refusal) => {
      refused = refusal;
      events.emit("answered");
    },
  };
}

describe("writing from a source that fails", () => {
  it.each([
    ["is accepted", null, 100],
    ["is refused", new KeeperError("SERVER_FAILED", "No."), 0],
  ])("ends only when the batch under way %s, and tells the source's failure", async (_, refusal, expected) => {
    const site = slowSite();
    let hasEnded = false;
    const writing = errorOf(async () => await upsertRecords(site.connection, "c", thenDamaged())).finally(() => (hasEnded = true));
    await site.begun;
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    site.answer(refusal);
    expect(await writing).toBe(damaged);
    expect(site.written()).toBe(expected);
    await new Promise(setImmediate);
    expect(site.written()).toBe(expected);
  });
});
