/**
 * The addresses under which a vault's site was found to be the same: inside its host it is called http://localhost:8000,
 * outside by the host's name. After a wipe, when nothing else tells that it is the same one, this does.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeSmallFile } from "../vault/atomic.ts";

const FILE_NAME = "account-keeper-addresses.json";
/** A site that moves every day needs no more. */
const MAX_ADDRESSES = 20;
const fileSchema = z.object({ addresses: z.array(z.string()) });

/** Latest last; none where the file is not there or makes no sense. Never throws. */
export async function readKnownAddresses(folder: string): Promise<readonly string[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(join(folder, FILE_NAME), "utf8"))).addresses;
  } catch {
    return [];
  }
}

/** Never throws: a full disk is no reason to make no backup, and the next one notes them again. */
export async function noteAddresses(folder: string, addresses: readonly string[]): Promise<void> {
  const known = await readKnownAddresses(folder);
  const fresh = addresses.filter((address) => !known.includes(address));
  if (fresh.length === 0) return;
  const file = { addresses: [...known, ...fresh].slice(-MAX_ADDRESSES) } satisfies z.input<typeof fileSchema>;
  await writeSmallFile(join(folder, FILE_NAME), `${JSON.stringify(file)}\n`).catch(() => undefined);
}
