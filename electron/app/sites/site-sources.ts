/** From what is kept of a site to a source the engine can open: with its key, and with the demo's own server running. */
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import { authDraftSchema, type AuthDraft, type SourceDraft, type SourceView } from "../../../shared/model.ts";
import { parseAddress } from "../../engine/chroma/address.ts";
import type { CloudSource, FolderSource, ServerSource } from "../../engine/chroma/source.ts";
import type { PathTokens } from "../path-tokens.ts";
import type { DemoServers } from "./demo-servers.ts";
import type { SecretStore } from "./secret-store.ts";
import type { StoredSite, StoredSource } from "./site-store.ts";

export type EngineSource = ServerSource | CloudSource | FolderSource;

/** The names under which a site's secrets are kept. */
export const secretNames = {
  key: (siteId: string): string => `${siteId}.key`,
  passphrase: (siteId: string): string => `${siteId}.passphrase`,
  renderKey: (siteId: string): string => `${siteId}.render`,
} as const;

const cloudKeySchema = z.object({ kind: z.literal("cloud"), apiKey: z.string() });

/** What is kept in the list, and what is kept secret. Throws TOKEN_UNKNOWN, INVALID_ADDRESS. */
export function splitDraft(draft: SourceDraft, tokens: PathTokens): { source: StoredSource; secret: string | null } {
  switch (draft.kind) {
    case "server": {
      const { auth = { kind: "none" }, url, tenant, database, ca } = draft;
      const address = parseAddress(url);
      // A user and password inside the address are a key like any other.
      const key: AuthDraft = auth.kind === "none" && address.auth?.kind === "basic" ? address.auth : auth;
      return { source: { kind: "server", url: address.shown, tenant, database, auth: key.kind, ca }, secret: key.kind === "none" ? null : JSON.stringify(key) };
    }
    case "cloud":
      return { source: { kind: "cloud", tenant: draft.tenant, database: draft.database }, secret: JSON.stringify({ kind: "cloud", apiKey: draft.apiKey } satisfies z.infer<typeof cloudKeySchema>) };
    case "folder":
      return { source: { kind: "folder", path: tokens.pathOf(draft.folder, "data_folder"), tenant: draft.tenant, database: draft.database }, secret: null };
    case "demo":
      return { source: { kind: "demo" }, secret: null };
  }
}

/** Throws KEY_MISSING when the source needs a key and none is given; for a demo the codes of starting its server. */
export async function engineSource(source: StoredSource, secret: string | undefined, demo: () => Promise<string>): Promise<EngineSource> {
  switch (source.kind) {
    case "server": {
      const { url, tenant, database, ca, auth } = source;
      if (auth === "none") return { kind: "server", url, tenant, database, ca };
      return { kind: "server", url, tenant, database, ca, auth: parseSecret(secret, authDraftSchema) };
    }
    case "cloud":
      return { kind: "cloud", apiKey: parseSecret(secret, cloudKeySchema).apiKey, tenant: source.tenant, database: source.database };
    case "folder":
      return { kind: "folder", path: source.path, tenant: source.tenant, database: source.database };
    case "demo":
      return { kind: "server", url: await demo() };
  }
}

function parseSecret<T>(secret: string | undefined, schema: z.ZodType<T>): T {
  if (secret !== undefined) return schema.parse(JSON.parse(secret));
  throw new KeeperError("KEY_MISSING", "The key of this site is not kept on this computer.", { hint: "Enter it again. Your backups are not touched by this." });
}

/** As `engineSource`, for a site of the list. */
export async function sourceOfSite(site: StoredSite, secrets: SecretStore, demos: DemoServers): Promise<EngineSource> {
  return await engineSource(site.source, await secrets.get(secretNames.key(site.id)), async () => await demos.urlOf(site.id));
}

/** The site's passphrase; undefined for a site whose backups are open. Throws PASSPHRASE_NEEDED when it is not kept. */
export async function passphraseOfSite(site: StoredSite, secrets: SecretStore): Promise<string | undefined> {
  const passphrase = await secrets.get(secretNames.passphrase(site.id));
  if (passphrase !== undefined || !site.encrypted) return passphrase;
  throw new KeeperError("PASSPHRASE_NEEDED", "The passphrase of this site's backups is not kept on this computer.", { hint: "Enter it again in the site's settings." });
}

/** As it may be shown. */
export function viewOfSource(source: StoredSource, hasSecret: boolean): SourceView {
  const names = { tenant: "tenant" in source ? (source.tenant ?? null) : null, database: "database" in source ? (source.database ?? null) : null };
  switch (source.kind) {
    case "server":
      return { kind: "server", shown: source.url, ...names, auth: source.auth, hasKey: source.auth === "none" || hasSecret };
    case "cloud":
      return { kind: "cloud", shown: "Chroma Cloud", ...names, auth: "chroma_token", hasKey: hasSecret };
    case "folder":
      return { kind: "folder", shown: source.path, ...names, auth: "none", hasKey: true };
    case "demo":
      return { kind: "demo", shown: "Demo with made-up customers", ...names, auth: "none", hasKey: true };
  }
}

/** A data folder would be copied at every look. */
export function canBeWatched({ kind }: StoredSource): boolean {
  return kind !== "folder";
}
