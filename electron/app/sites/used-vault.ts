/**
 * A folder that held a site's backups and is gone is most likely on a drive that was unplugged. Made anew, empty, it would
 * hide every backup there is, and a wipe would look like a site that nobody has signed up on yet.
 */
import { openVault } from "../../engine/vault/vault.ts";
import type { Services } from "../services.ts";
import { changeSite, type StoredSite } from "./site-store.ts";

/** Throws FOLDER_NOT_FOUND when the site has had backups and their folder is not there. */
export async function requireVault({ vault, vaultUsed }: StoredSite): Promise<void> {
  if (vaultUsed === true) await openVault(vault);
}

/**
 * From now on its folder has to be there; unless it has another one by now. Never throws: where the list of sites cannot be
 * written that is told by whoever changes it.
 */
export async function noteVaultUsed({ store, log }: Pick<Services, "store" | "log">, { id, vault }: Pick<StoredSite, "id" | "vault">): Promise<void> {
  const site = store.value.sites.find((known) => known.id === id);
  if (site === undefined || site.vaultUsed === true) return;
  try {
    await changeSite(store, id, (known) => (known.vault === vault ? { ...known, vaultUsed: true } : known));
  } catch (error) {
    log.error("The list of sites could not be written", error);
  }
}
