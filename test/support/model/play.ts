/** One made-up history in the model, from its first step to its last. */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { restoreSteps, startUpByLibrary } from "./restore-steps.ts";
import { passMoment, siteSteps } from "./site-steps.ts";
import { createModelSite } from "./site.ts";
import { vaultSteps } from "./vault-steps.ts";
import type { World } from "./world.ts";
import { createChance } from "../seeded.ts";

const steps = { ...siteSteps, ...vaultSteps, ...restoreSteps };
type StepName = keyof typeof steps;
const WEIGHTS: Partial<Record<StepName, number>> = { signUp: 4, backUp: 8, changePassword: 3, wipe: 2, prune: 2, timePasses: 2, acceptFewer: 2, watcherLooks: 4 };
const names = (Object.keys(steps) as StepName[]).flatMap((name) => Array.from({ length: WEIGHTS[name] ?? 1 }, () => name));
const step = fc.record({ name: fc.constantFrom(...names), chance: fc.nat(1_000_000) });

export const histories = fc.array(step, { minLength: 8, maxLength: 40, size: "max" });

async function made(folder: string): Promise<string> {
  await mkdir(folder);
  return folder;
}

export async function play(history: readonly { readonly name: StepName; readonly chance: number }[], connection: ChromaConnection): Promise<void> {
  const zone = process.env["TZ"];
  const base = await mkdtemp(join(tmpdir(), "account-keeper-model-"));
  const site = createModelSite(connection.address, `model-${randomUUID()}`);
  const folder = join(base, "backups");
  const world: World = { url: connection.address, site, connection, folder: await made(folder), elsewhere: await made(join(base, "elsewhere")), now: Date.parse("2027-03-26T20:00:00Z"), passphrase: undefined, variable: null, versions: 0, ids: 0, ever: new Map(), spoiled: new Set(), letGo: new Set(), verified: new Set(), told: [], acting: Promise.resolve(), watching: null };
  try {
    for (const { name, chance } of history) {
      const luck = createChance(chance);
      world.told.push(name);
      await steps[name](world, luck);
      passMoment(world, luck);
    }
    world.told.push("startUpByLibrary");
    await startUpByLibrary(world, createChance(history.length));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nafter ${world.told.join(", ")}`, { cause: error });
  } finally {
    await world.watching?.watcher.close();
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    await site.drop();
    await rm(base, { recursive: true, force: true });
  }
}
