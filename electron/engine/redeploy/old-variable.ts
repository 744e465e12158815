/** What a variable that was set at Render before the deploy brought back. */
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { isKeeperError } from "../../../shared/errors.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import { accountHash } from "../account.ts";
import { openBackup } from "../backup/read-backup.ts";
import { putRight } from "../operations/put-right.ts";
import type { RenderClient } from "../render/render-client.ts";
import type { ContactedSite } from "./site-contact.ts";

/** As `putRight`, for a site that restores itself from the variable at Render. Throws its codes and those of `RenderClient`. */
export async function putRightAfterVariable(site: ContactedSite, render: RenderClient, serviceId: string, options: OperationOptions): Promise<number> {
  return await putRight({ ...site, cameBackAs: await heldHashes(render, serviceId, options) }, options);
}

async function heldHashes(render: RenderClient, serviceId: string, { signal }: OperationOptions): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const text = await render.readVariable(serviceId, VARIABLE_NAME, { signal });
  if (text === null || text.trim() === "") return hashes;
  try {
    for await (const page of (await openBackup({ text }, { signal })).records()) for (const record of page) hashes.set(record.id, accountHash(record));
  } catch (error) {
    if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
    // A value that cannot be read has brought nobody back.
    hashes.clear();
  }
  return hashes;
}
