/** Where a site's accounts live: the kinds of source an owner can name. Types only. */

/** How a server is told who asks. Self-hosted ChromaDB ≥ 1.0 has no login of its own: a proxy in front checks one of these. */
export type Auth =
  | { kind: "none" }
  /** `Authorization: Bearer …` */
  | { kind: "bearer"; token: string }
  /** `X-Chroma-Token: …` */
  | { kind: "chroma_token"; token: string }
  /** `Authorization: Basic …` */
  | { kind: "basic"; user: string; password: string }
  /** Any other header a proxy may ask for. */
  | { kind: "header"; name: string; value: string };

export interface ServerSource {
  kind: "server";
  /** `https://host:port/prefix`; `host:port` alone works too. A user and password inside become Basic auth. */
  url: string;
  /** Default: `default_tenant`, else the one the server says belongs to the key. */
  tenant?: string | undefined;
  /** Default: `default_database`, else the one the server says belongs to the key. */
  database?: string | undefined;
  auth?: Auth | undefined;
  /** PEM text of a certificate authority to trust besides the well-known ones. */
  ca?: string | undefined;
}

/** Chroma Cloud. Tenant and database are found through the key when not given. */
export interface CloudSource {
  kind: "cloud";
  apiKey: string;
  tenant?: string | undefined;
  database?: string | undefined;
  /** Another endpoint of the same service, such as a dedicated one. */
  url?: string | undefined;
}

/** The data folder of a Chroma that runs inside the site's own process. */
export interface FolderSource {
  kind: "folder";
  path: string;
  tenant?: string | undefined;
  database?: string | undefined;
}

export const CLOUD_URL = "https://api.trychroma.com:443";
export const DEFAULT_TENANT = "default_tenant";
export const DEFAULT_DATABASE = "default_database";
