/** A site as it is being entered: what is asked of the owner, and the source it makes. Pure. */
import { authOf, type KeyDraft } from "../../components/key-draft.ts";
import type { SourceDraft } from "../../../shared/model.ts";

export type SourceKind = "server" | "cloud" | "folder" | "file" | "demo";

export interface SourceEntry {
  readonly kind: SourceKind;
  readonly url: string;
  readonly key: KeyDraft;
  readonly cloudKey: string;
  readonly folder: { readonly token: string; readonly shown: string } | null;
  readonly tenant: string;
  readonly database: string;
  readonly pasted: string;
}

/** Null: something is still missing. A bare host name is taken for an https address. */
export function sourceOf(entry: SourceEntry): SourceDraft | null {
  const names = { ...(entry.tenant.trim() === "" ? {} : { tenant: entry.tenant.trim() }), ...(entry.database.trim() === "" ? {} : { database: entry.database.trim() }) };
  switch (entry.kind) {
    case "server": {
      const url = addressOf(entry.url);
      const auth = authOf(entry.key);
      return url === null || auth === null ? null : { kind: "server", url, auth, ...names };
    }
    case "cloud":
      return entry.cloudKey.trim() === "" ? null : { kind: "cloud", apiKey: entry.cloudKey.trim(), ...names };
    case "folder":
      return entry.folder === null ? null : { kind: "folder", folder: entry.folder.token, ...names };
    case "demo":
      return { kind: "demo" };
    case "file":
      return null;
    default:
      return entry.kind satisfies never;
  }
}

function addressOf(text: string): string | null {
  const typed = text.trim();
  if (typed === "") return null;
  const isLocal = /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/i.test(typed);
  const address = /^https?:\/\//i.test(typed) ? typed : `${isLocal ? "http" : "https"}://${typed}`;
  return URL.canParse(address) && /^https?:\/\/(?:[^/.\s]+\.[^/\s]+|localhost|\[[^\]]+\])/i.test(address) ? address : null;
}

const TOO_GENERAL = new Set(["www", "db", "api", "chroma", "chromadb", "database", "my-database", "localhost"]);

/** A name for the site from its address: "Marlowbakery" for https://db.marlowbakery.example. The owner can change it. */
export function nameFor(entry: SourceEntry, fallback: string): string {
  if (entry.kind === "folder") return titled(entry.folder?.shown.split(/[/\\]/).findLast((part) => part !== "" && !/chroma|data/i.test(part)) ?? fallback);
  const address = entry.kind === "server" ? addressOf(entry.url) : null;
  if (address === null) return fallback;
  const { hostname } = new URL(address);
  if (/^[\d.]+$|^\[/.test(hostname)) return fallback;
  const part = hostname.split(".").find((label) => !TOO_GENERAL.has(label.toLowerCase())) ?? "";
  return part === "" ? fallback : titled(part);
}

function titled(text: string): string {
  return text
    .split(/[-_ ]+/)
    .filter((word) => word !== "")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}
