/** Finds where this machine already gets Debian from, so that a download goes through the mirror or cache its owner chose. Only reads. */
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DebianSource {
  readonly uri: string;
  /** File with the keys that sign it; undefined leaves the choice to apt. */
  readonly signedBy: string | undefined;
}

const officialMirror = "http://deb.debian.org/debian";
const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
// Exactly these: "bookworm-security" and "bookworm-pgdg" are other archives.
const debianSuites = new Set(["buster", "bullseye", "bookworm", "trixie", "forky", "sid", "oldoldstable", "oldstable", "stable", "testing", "unstable"]);

/** The machine's own Debian mirrors in the order of its apt sources, then the official one. Unreadable source files are passed over. */
export async function debianSources(aptFolder = "/etc/apt"): Promise<DebianSource[]> {
  const found: DebianSource[] = [];
  for (const file of await sourceFiles(aptFolder)) {
    const text = await readFile(file, "utf8").catch(() => "");
    found.push(...(file.endsWith(".sources") ? parseStanzas(text) : parseLines(text)));
  }
  found.push({ uri: officialMirror, signedBy: undefined });
  const keyring = await access(debianKeyring).then(() => debianKeyring, () => undefined);
  const byUri = new Map<string, DebianSource>();
  for (const { uri, signedBy } of found) {
    const key = uri.replace(/\/+$/, "");
    if (!byUri.has(key)) byUri.set(key, { uri: key, signedBy: signedBy ?? keyring });
  }
  return [...byUri.values()];
}

async function sourceFiles(aptFolder: string): Promise<string[]> {
  const parts = join(aptFolder, "sources.list.d");
  const names = await readdir(parts).catch(() => []);
  return [join(aptFolder, "sources.list"), ...names.filter((name) => /\.(list|sources)$/.test(name)).sort().map((name) => join(parts, name))];
}

/** deb822 style: stanzas of `Field: values`, a line that starts with a space goes on with the field before. */
export function parseStanzas(text: string): DebianSource[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = new Map<string, string[]>();
      let current: string[] = [];
      for (const line of stanza.split("\n")) {
        if (line.startsWith("#")) continue;
        const field = /^([A-Za-z-]+):(.*)$/.exec(line);
        if (field) {
          current = [];
          fields.set((field[1] ?? "").toLowerCase(), current);
        }
        current.push(...(field?.[2] ?? line).trim().split(/\s+/).filter((word) => word !== ""));
      }
      if (/^(no|false|0)$/i.test(fields.get("enabled")?.[0] ?? "yes")) return [];
      return select(fields.get("types") ?? [], fields.get("uris") ?? [], fields.get("suites") ?? [], fields.get("components") ?? [], fields.get("signed-by") ?? []);
    });
}

/** Classic style: `deb [option=value …] URI suite component…`. */
export function parseLines(text: string): DebianSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(deb)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!match) return [];
    const [, type = "", options = "", uri = "", suite = "", components = ""] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return select([type], [uri], [suite], components.trim().split(/\s+/), signedBy === undefined ? [] : [signedBy]);
  });
}

function select(types: string[], uris: string[], suites: string[], components: string[], signedBy: string[]): DebianSource[] {
  if (!types.includes("deb") || !components.includes("main") || !suites.some((suite) => debianSuites.has(suite))) return [];
  // A key may also stand in the stanza itself, or be named by its fingerprint; apt's own choice of keys is right for those.
  const [keys] = signedBy;
  const keyFile = signedBy.length === 1 && keys?.startsWith("/") ? keys : undefined;
  return uris.filter((uri) => !uri.startsWith("cdrom:")).map((uri) => ({ uri, signedBy: keyFile }));
}
