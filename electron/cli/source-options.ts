/** From flags and environment to the one source a command works on. Flags win; what is ambiguous is refused, never guessed. */
import { KeeperError } from "../../shared/errors.ts";
import type { Auth, CloudSource, FolderSource, ServerSource } from "../engine/chroma/source.ts";
import { readAuthFile } from "./auth-file.ts";
import { readSmallFile } from "./small-files.ts";

/** As parsed from the command line. No flag takes a token: command lines are seen by every program on the machine. */
export interface SourceFlags {
  readonly url?: string | undefined;
  readonly folder?: string | undefined;
  readonly cloud?: boolean | undefined;
  readonly collection?: string | undefined;
  readonly tenant?: string | undefined;
  readonly database?: string | undefined;
  readonly authFile?: string | undefined;
  readonly caFile?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface ChosenSource<Source = ServerSource | CloudSource | FolderSource> {
  readonly source: Source;
  readonly collection: string;
}

/** The reference site's collection (FACTS 1). */
export const DEFAULT_COLLECTION = "users";

const WAYS = {
  "--url": "  --url URL      a ChromaDB server (or CHROMA_URL, or CHROMA_HOST)",
  "--folder": "  --folder DIR   the data folder of a ChromaDB inside your site",
  "--cloud": "  --cloud        Chroma Cloud (with CHROMA_API_KEY)",
} as const;

export type SourceFlag = keyof typeof WAYS;

export const ANY_SOURCE: readonly SourceFlag[] = ["--url", "--folder", "--cloud"];

function waysOf(offered: readonly SourceFlag[]): string {
  return [`Say where the accounts are${offered.length === 1 ? "" : ", in one of these ways"}:`, ...offered.map((flag) => WAYS[flag])].join("\n");
}

/**
 * Throws USAGE (no source, several, options that do not belong to it, a password on the command line, a broken key
 * file) or FILE_UNREADABLE. Connects to nothing. `offered`: what the command takes; the others it refuses before.
 */
export async function chooseSource(flags: SourceFlags, environment: Environment, offered = ANY_SOURCE): Promise<ChosenSource> {
  const { env, collection, names } = read(flags, environment);
  const named = [flags.url !== undefined && "--url", flags.folder !== undefined && "--folder", flags.cloud === true && "--cloud"].filter((flag) => flag !== false);
  if (named.length > 1) throw usage(`${named.join(" and ")} name two sources, and one is needed.`, waysOf(offered));

  if (flags.folder !== undefined) {
    refuse(flags.authFile, "--auth-file", "a data folder");
    refuse(flags.caFile, "--ca-file", "a data folder");
    return { source: { kind: "folder", path: flags.folder, ...names }, collection };
  }
  if (flags.cloud === true) {
    refuse(flags.caFile, "--ca-file", "Chroma Cloud");
    return { source: { kind: "cloud", apiKey: await cloudKey(flags.authFile, env), ...names }, collection };
  }
  return await chooseServer(flags, environment, offered);
}

/** The same where `--folder` and `--cloud` were refused already. */
export async function chooseServer(flags: SourceFlags, environment: Environment, offered: readonly SourceFlag[] = ["--url"]): Promise<ChosenSource<ServerSource>> {
  const { env, collection, names } = read(flags, environment);
  const url = flags.url === undefined ? serverFromEnvironment(env, offered) : withoutPassword(flags.url);
  const source: ServerSource = { kind: "server", url, ...names };
  const auth = await serverAuth(flags.authFile, env);
  if (auth !== undefined) source.auth = auth;
  if (flags.caFile !== undefined) source.ca = await readSmallFile(flags.caFile, "certificate file");
  return { source, collection };
}

type Env = (name: string) => string | undefined;

function read(flags: SourceFlags, environment: Environment): { env: Env; collection: string; names: { tenant: string | undefined; database: string | undefined } } {
  const env: Env = (name) => environment[name]?.trim() || undefined;
  const collection = flags.collection ?? env("CHROMA_COLLECTION") ?? DEFAULT_COLLECTION;
  return { env, collection, names: { tenant: flags.tenant ?? env("CHROMA_TENANT"), database: flags.database ?? env("CHROMA_DATABASE") } };
}

/** `CHROMA_URL`, or `CHROMA_HOST` with `CHROMA_PORT` and `CHROMA_SSL` as other ChromaDB programs use them. */
function serverFromEnvironment(env: Env, offered: readonly SourceFlag[]): string {
  const url = env("CHROMA_URL");
  const host = env("CHROMA_HOST");
  if (url !== undefined && host !== undefined) {
    // A restore into the wrong one of two sites would be worse than a question.
    throw usage("CHROMA_URL and CHROMA_HOST are both set, and one is needed.", "Take one of them away, or name the server with --url URL.");
  }
  if (url !== undefined) return url;
  if (host === undefined) throw usage("We do not know where the accounts are.", waysOf(offered));

  const port = env("CHROMA_PORT");
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw usage("CHROMA_PORT is not a port.", "A port is a number from 1 to 65535, often 8000.");
  }
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:]+$/i.test(host) && host.split(":").length > 2;
  const place = `${isBareIpv6 ? `[${host}]` : host.replace(/\/+$/, "")}${port === undefined ? "" : `:${port}`}`;
  // Without CHROMA_SSL the scheme is left open: the connection knows which hosts are private.
  return place.includes("://") ? place : `${schemeOf(env("CHROMA_SSL"))}${place}`;
}

function schemeOf(ssl: string | undefined): "https://" | "http://" | "" {
  if (ssl === undefined) return "";
  if (/^(?:1|true|yes|on)$/i.test(ssl)) return "https://";
  if (/^(?:0|false|no|off)$/i.test(ssl)) return "http://";
  throw usage("CHROMA_SSL is neither true nor false.", "Set it to true for https, to false for http, or take it away.");
}

/** The address from the command line. A user with a password inside is refused: it would be seen by every program on the machine. */
function withoutPassword(url: string): string {
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?([^/?#]*)/i.exec(url)?.[1] ?? "";
  if (authority.includes("@")) {
    throw usage("A password does not belong on the command line.", "Put it into a file for --auth-file, as: basic user:password. Or set the whole address as CHROMA_URL.");
  }
  return url;
}

/** The key file, else `CHROMA_TOKEN` (Bearer), else `CHROMA_API_KEY` (X-Chroma-Token). */
async function serverAuth(authFile: string | undefined, env: Env): Promise<Auth | undefined> {
  if (authFile !== undefined) return await readAuthFile(authFile);
  const token = env("CHROMA_TOKEN");
  if (token !== undefined) return { kind: "bearer", token };
  const apiKey = env("CHROMA_API_KEY");
  return apiKey === undefined ? undefined : { kind: "chroma_token", token: apiKey };
}

/** The key file, else `CHROMA_API_KEY`, else `CHROMA_TOKEN`. */
async function cloudKey(authFile: string | undefined, env: Env): Promise<string> {
  if (authFile !== undefined) {
    const auth = await readAuthFile(authFile);
    if (auth.kind === "bearer" || auth.kind === "chroma_token") return auth.token;
    throw usage("Chroma Cloud takes a key, no user name and no other header.", "Write the key file as: x-chroma-token KEY");
  }
  const key = env("CHROMA_API_KEY") ?? env("CHROMA_TOKEN");
  if (key !== undefined) return key;
  throw usage("Chroma Cloud needs a key.", "Set CHROMA_API_KEY, or name a file with --auth-file that says: x-chroma-token KEY");
}

function refuse(value: string | undefined, flag: string, source: string): void {
  if (value !== undefined) throw usage(`${flag} does nothing for ${source}.`, "Leave it out, or name another source.");
}

function usage(message: string, hint: string): KeeperError {
  return new KeeperError("USAGE", message, { hint });
}
