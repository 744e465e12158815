/** Commands about a site's backups, its variable and what happened to it. */
import { isKeeperError } from "../../../shared/errors.ts";
import { backupNameSchema, type BackupEntry } from "../../../shared/model.ts";
import { openSource } from "../../engine/chroma/open-source.ts";
import { deleteBackup } from "../../engine/operations/delete-backup.ts";
import { variableOfSite } from "../../engine/operations/make-variable.ts";
import { inspectVariable } from "../../engine/variable/inspect.ts";
import { tellsTime } from "../../engine/vault/names.ts";
import { readNotes, type VaultNotes } from "../../engine/vault/notes.ts";
import { openVault, type VaultEntry } from "../../engine/vault/vault.ts";
import { readActivity } from "../../engine/activity/activity-log.ts";
import { newestFirst, type SiteLog } from "../activity-order.ts";
import type { Handlers } from "../gate.ts";
import { pathInVault } from "../operations/open-from.ts";
import type { Services } from "../services.ts";
import { passphraseOfSite, sourceOfSite } from "../sites/site-sources.ts";
import { siteOf, type StoredSite } from "../sites/site-store.ts";
import { requireVault } from "../sites/used-vault.ts";

type BackupHandlers = Pick<Handlers, "backup.list" | "backup.delete" | "backup.accounts" | "variable.reveal" | "variable.inspect" | "activity.list">;

export function createBackupHandlers({ store, secrets, demos, openAccounts, clock, log }: Services): BackupHandlers {
  async function logOf({ id, vault }: StoredSite, limit: number): Promise<SiteLog> {
    return { siteId: id, activities: await readActivity(vault, limit) };
  }

  /** A folder that cannot be read hides what happened to its own site, and to no other: a look at that one says what is wrong. */
  async function logsOfAll(limit: number): Promise<SiteLog[]> {
    const read = await Promise.allSettled(store.value.sites.map(async (site) => await logOf(site, limit)));
    return read.flatMap((one) => {
      if (one.status === "fulfilled") return [one.value];
      log.error("The activity of a site cannot be read", one.reason);
      return [];
    });
  }

  return {
    async "backup.list"({ siteId, offset, limit }) {
      const site = siteOf(store, siteId);
      const entries = (await listOrNone(site)).filter(hasShowableName);
      const notes = await readNotes(site.vault);
      return { total: entries.length, backups: entries.slice(offset, offset + limit).map((entry) => viewOf(entry, notes)) };
    },

    async "backup.delete"({ siteId, name }) {
      const site = siteOf(store, siteId);
      await deleteBackup({ folder: site.vault, path: await pathInVault(site, name), passphrase: await passphraseOfSite(site, secrets) });
      log.info("A backup was deleted by hand.");
      return { done: true };
    },

    async "backup.accounts"({ siteId, name, passphrase, ...query }) {
      const { total, accounts } = (await openAccounts.of(siteOf(store, siteId), name, { passphrase })).page(query);
      return { total, accounts: [...accounts] };
    },

    async "variable.reveal"({ siteId }) {
      const site = siteOf(store, siteId);
      const opened = await openSource(await sourceOfSite(site, secrets, demos));
      try {
        const { value, length, checksum, accounts } = await variableOfSite({ connection: opened.connection, collectionName: site.collectionName });
        return { value, length, checksum, accounts };
      } finally {
        await opened.close();
      }
    },

    "variable.inspect": async ({ text }) => {
      const { remarks, gauge, ids, ...report } = await Promise.resolve(text).then(inspectVariable);
      return { ...report, ids: [...ids], gauge: [...gauge], remarks: remarks.map(({ code, message }) => ({ code, message })) };
    },

    async "activity.list"({ siteId, limit }) {
      const logs = siteId === undefined ? await logsOfAll(limit) : [await logOf(siteOf(store, siteId), limit)];
      return { activities: newestFirst(logs, clock.now()).slice(0, limit) };
    },
  };
}

async function listOrNone(site: StoredSite): Promise<VaultEntry[]> {
  // A drive that was unplugged is no folder without backups.
  await requireVault(site);
  try {
    // Without the passphrase: opening a locked one takes a second, and there may be hundreds.
    return await (await openVault(site.vault)).list();
  } catch (error) {
    // Nobody has backed up yet.
    if (isKeeperError(error, "FOLDER_NOT_FOUND")) return [];
    throw error;
  }
}

/** A name that steers or hides text is of nobody's making but an attacker's; the command line still lists it. */
function hasShowableName({ shelf, name }: VaultEntry): boolean {
  return backupNameSchema.safeParse(`${SHELF_PREFIX[shelf]}${name}`).success;
}

const SHELF_PREFIX = { normal: "", short: "short/", safety: "safety/" } as const;

function viewOf({ name, shelf, state, encrypted, sizeBytes, timestamp, timestampFrom, accounts, fewerThan, headDigest, error }: VaultEntry, notes: VaultNotes): BackupEntry {
  const note = headDigest === null ? undefined : notes.get(headDigest);
  return {
    name: `${SHELF_PREFIX[shelf]}${name}`,
    shelf,
    state,
    encrypted,
    sizeBytes,
    at: timestamp?.toISOString() ?? null,
    dayOnly: timestampFrom === "name" && !tellsTime(name),
    accounts,
    fewerThan,
    rehearsed: note === undefined ? null : { at: note.rehearsedAt.toISOString(), ok: note.rehearsedOk, couldNotSignIn: note.couldNotSignIn },
    error: error ?? null,
  };
}
