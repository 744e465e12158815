/** From an `app://` address to a file of the page, and to nothing else. Pure but for the file system's own path rules. */
import { extname, isAbsolute, relative, resolve } from "node:path";

export const APP_SCHEME = "app";
/** The one host under the scheme; anything else under it is not ours. */
const APP_HOST = "account-keeper";
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Whether an address is of our own page. Compared parsed: in a string "app://account-keeper" may stand anywhere. */
export function isAppUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === "" && password === "";
}

/** The file's path under `root` and its media type; null for what is not there to be served: other hosts, ways out of the folder, other kinds of files. */
export function fileFor(address: string, root: string): { path: string; mediaType: string } | null {
  if (!isAppUrl(address)) return null;
  const { pathname } = new URL(address);
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\\:\u0000-\u001f]/.test(name)) return null;
  const path = resolve(root, `.${name === "/" ? "/index.html" : name}`);
  const inside = relative(root, path);
  const mediaType = MEDIA_TYPES[extname(path).toLowerCase()];
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside) || mediaType === undefined) return null;
  return { path, mediaType };
}
