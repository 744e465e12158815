/** Makes a server address out of what a person typed. Owns what of it may be shown: never a user, a password or a query. */
import { KeeperError } from "../../../shared/errors.ts";
import type { Auth } from "./source.ts";

export interface ServerAddress {
  /** Scheme, host and port, as requests need it. */
  readonly origin: string;
  /** Path prefix of a proxy, without a slash at the end; empty mostly. */
  readonly basePath: string;
  /** What people may see: scheme, host, port, path. */
  readonly shown: string;
  readonly host: string;
  /** Basic auth that was written into the address. */
  readonly auth: Auth | undefined;
}

/** What people paste from documentation or a browser: the API below the address, not the address. */
const API_PATH = /\/(?:api\/v[12](?:\/.*)?|docs\/?|openapi\.json)$/;

/** Throws INVALID_ADDRESS. The text itself is in no error: it may hold a password. */
export function parseAddress(typed: string): ServerAddress {
  const text = typed.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (text === "") throw invalid("Enter the address of your ChromaDB, for example https://my-database.onrender.com.");
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") throw invalid("It should begin with https:// or http://.");
  const url = toUrl(scheme === undefined ? `${guessScheme(text)}://${text}` : text);
  // 0.0.0.0 is where a server listens; Windows cannot connect to it.
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  const basePath = url.pathname.replace(API_PATH, "").replace(/\/+$/, "");
  return {
    origin: url.origin,
    basePath,
    shown: `${url.origin}${basePath}`,
    host: url.hostname,
    auth: authIn(url),
  };
}

function toUrl(text: string): URL {
  // The parser would quietly drop tabs and line breaks and encode spaces: such a text is a wrong paste.
  if (/\s/.test(text) || !URL.canParse(text)) throw invalid("It looks like https://my-database.onrender.com or localhost:8000.");
  return new URL(text);
}

/** Plain http only where the traffic stays on this machine or in a private network: elsewhere the owner has to say it. */
function guessScheme(text: string): "http" | "https" {
  const afterCredentials = text.slice(text.lastIndexOf("@", text.search(/[/?#]|$/)) + 1);
  const host = URL.canParse(`http://${afterCredentials}`) ? new URL(`http://${afterCredentials}`).hostname : "";
  const isPrivate = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0$|\[(?:::1|f[cd].*|fe80.*)\]$)/.test(host);
  const isLocalName = !host.includes(".") || /\.(?:local|localhost|internal|lan)$/.test(host);
  return isPrivate || (isLocalName && !host.startsWith("[")) ? "http" : "https";
}

function authIn(url: URL): Auth | undefined {
  if (url.username === "" && url.password === "") return undefined;
  return { kind: "basic", user: decode(url.username), password: decode(url.password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % in a password: taken as it stands.
    return text;
  }
}

function invalid(hint: string): KeeperError {
  return new KeeperError("INVALID_ADDRESS", "This is not the address of a server.", { hint });
}
