/**
 * Made-up histories of one site and its folder of backups, on a real ChromaDB: whatever happens in whatever order, nobody is
 * lost. MODEL_SEED and MODEL_RUNS try others, MODEL_PATH one of them again.
 */
import fc from "fast-check";
import { inject, it } from "vitest";
import { connect } from "../../electron/engine/chroma/connect.ts";
import { histories, play } from "../support/model/play.ts";
import { useQuickLocks } from "../support/quick-lock.ts";

const seed = Number(process.env["MODEL_SEED"] ?? 1);
const numRuns = Number(process.env["MODEL_RUNS"] ?? 4);
const path = process.env["MODEL_PATH"];

useQuickLocks();

it("loses nobody, whatever happens in whatever order", async () => {
  const connection = await connect({ kind: "server", url: inject("chromaUrl") });
  try {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => await play(history, connection)),
      { seed, numRuns, ...(path === undefined ? {} : { path }) },
    );
  } finally {
    await connection.close();
  }
}, 60_000 + 20_000 * numRuns);
