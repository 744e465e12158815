// Chromium without Electron knows no schemes of the app's own. `app://host/x` is therefore served as https://host.app.standin.invalid/x,
// and every address that the main process gets to see is turned back.

export const HOST_SUFFIX = ".standin.invalid";

const schemes = new Map<string, Electron.CustomScheme>();

export function addSchemes(list: Electron.CustomScheme[]): void {
  for (const scheme of list) schemes.set(scheme.scheme, scheme);
}

export function schemeNames(): string[] {
  return [...schemes.keys()];
}

export function toWire(url: string): string {
  const [, scheme = "", host = "", rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (!schemes.has(scheme.toLowerCase())) return url;
  return `https://${host}.${scheme.toLowerCase()}${HOST_SUFFIX}${rest === "" ? "/" : rest}`;
}

export function fromWire(url: string): string {
  const [, host = "", scheme = "", rest = ""] = /^https:\/\/([^/]*)\.([a-z0-9+-]+)\.standin\.invalid(.*)$/s.exec(url) ?? [];
  return scheme === "" ? url : `${scheme}://${host}${rest}`;
}

/** As Electron reports origins: `file://` for files, `app://host` for schemes of the app's own. */
export function originOf(url: string): string {
  const [origin = "null"] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url) ?? [];
  return origin;
}

export function withoutHash(url: string): string {
  return url.split("#", 1)[0] ?? url;
}
