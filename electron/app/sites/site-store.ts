/** The sites and settings of this computer, kept across restarts. Holds no key: those lie in the secret store. */
import { join } from "node:path";
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { idSchema, renderServiceSchema, settingsSchema, siteSettingsSchema, type Settings } from "../../../shared/model.ts";
import { openStateFile, type StateFile } from "../state-file.ts";

const names = { tenant: z.string().optional(), database: z.string().optional() };

/** A source without its key. */
const storedSourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("server"), url: z.string(), ...names, auth: z.enum(["none", "bearer", "chroma_token", "basic", "header"]), ca: z.string().optional() }),
  z.object({ kind: z.literal("cloud"), ...names }),
  z.object({ kind: z.literal("folder"), path: z.string(), ...names }),
  z.object({ kind: z.literal("demo") }),
]);
export type StoredSource = z.infer<typeof storedSourceSchema>;

/** The service at Render, as it was when it was last asked for. Its key lies in the secret store. */
const storedLinkSchema = z.object({ service: renderServiceSchema.extend({ type: z.string() }), keepVariable: z.boolean() });
export type StoredLink = z.infer<typeof storedLinkSchema>;

const siteSchema = z.object({
  id: idSchema,
  name: z.string(),
  source: storedSourceSchema,
  collectionName: z.string(),
  vault: z.string(),
  /** There have been backups in it. */
  vaultUsed: z.boolean().optional(),
  encrypted: z.boolean(),
  settings: siteSettingsSchema,
  render: storedLinkSchema.optional(),
});
export type StoredSite = z.infer<typeof siteSchema>;

const stateSchema = z.object({ version: z.literal(1), settings: settingsSchema, sites: z.array(siteSchema) });
export type KeeperState = z.infer<typeof stateSchema>;

const DEFAULT_SETTINGS: Settings = { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true };

/** Throws SETTINGS_UNREADABLE. */
export async function openSiteStore(dataFolder: string): Promise<StateFile<KeeperState>> {
  const initial: KeeperState = { version: 1, settings: DEFAULT_SETTINGS, sites: [] };
  return await openStateFile<KeeperState>({ path: join(dataFolder, "sites.json"), schema: stateSchema, initial, what: "Your list of sites" });
}

/** Throws SITE_NOT_FOUND. */
export function siteOf(store: Pick<StateFile<KeeperState>, "value">, siteId: string): StoredSite {
  const site = store.value.sites.find(({ id }) => id === siteId);
  if (site === undefined) throw new KeeperError("SITE_NOT_FOUND", "This site is not in the list any more.", { hint: "Choose another one, or add it again." });
  return site;
}

/**
 * Changes one site as it is when its turn to be written comes: another change may be on its way. A site that has been
 * removed meanwhile stays so. Throws the codes of writing; the list is then as it was.
 */
export async function changeSite(store: StateFile<KeeperState>, siteId: string, change: (site: StoredSite) => StoredSite): Promise<void> {
  await store.update((value) => ({ ...value, sites: value.sites.map((known) => (known.id === siteId ? change(known) : known)) }));
}
