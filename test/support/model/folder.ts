/** The model's reading of a folder of backups: JSON and age, with none of the product's code in between. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Decrypter } from "age-encryption";
import { z } from "zod";
import { heldOf, missingPeople, type Held, type People } from "./site.ts";

const SHELVES = ["", "short", "safety"] as const;
export const PASSPHRASES = ["the first one", "another one"] as const;

export interface ModelFile {
  readonly shelf: (typeof SHELVES)[number];
  readonly name: string;
  readonly path: string;
  /** Of its bytes: a name changes hands. */
  readonly digest: string;
  readonly passphrase: string | null;
  /** Null: cannot be read by anybody. */
  readonly content: Content | null;
}

interface Content {
  readonly isOurs: boolean;
  readonly isShort: boolean;
  readonly time: number;
  readonly people: People;
}

export interface ModelFolder {
  readonly files: readonly ModelFile[];
  /** What is neither a backup nor one of the product's own small files. */
  readonly leftovers: readonly string[];
}

const recordSchema = z.object({ id: z.string(), document: z.string().nullable(), metadata: z.record(z.string(), z.unknown()).nullable(), uri: z.string().nullable(), embedding: z.string().nullable() });
const userSchema = z.looseObject({ user_id: z.string(), email: z.string() });
const fileSchema = z.object({
  backup_timestamp: z.string(),
  users: z.array(z.unknown()),
  account_keeper: z.object({ fewer_than: z.unknown() }).optional(),
  account_keeper_records: z.array(recordSchema).optional(),
});

const contents = new Map<string, { passphrase: string | null; content: Content | null }>();
const SMALL_FILES = /^account-keeper-[a-z.]+(?:jsonl?)$/;

export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const files: ModelFile[] = [];
  const leftovers: string[] = [];
  for (const shelf of SHELVES) {
    const place = join(folder, shelf);
    if (statSync(place, { throwIfNoEntry: false }) === undefined) continue;
    for (const name of readdirSync(place)) {
      const path = join(place, name);
      if (/^user_backup_.*\.json(?:\.age)?$/.test(name)) {
        const bytes = readFileSync(path);
        const digest = createHash("sha256").update(bytes).digest("hex");
        const known = contents.get(digest) ?? (await contentOf(bytes));
        contents.set(digest, known);
        files.push({ shelf, name, path, digest, ...known });
      } else if (shelf !== "" || (name !== "short" && name !== "safety" && !SMALL_FILES.test(name))) leftovers.push(join(shelf, name));
    }
  }
  return { files, leftovers };
}

async function contentOf(bytes: Buffer): Promise<{ passphrase: string | null; content: Content | null }> {
  if (!bytes.toString("latin1", 0, 4).startsWith("age-")) return { passphrase: null, content: parse(bytes.toString()) };
  for (const passphrase of PASSPHRASES) {
    try {
      const decrypter = new Decrypter();
      decrypter.addPassphrase(passphrase);
      return { passphrase, content: parse(await decrypter.decrypt(bytes, "text")) };
    } catch {
      // The other one, then, or none.
    }
  }
  return { passphrase: null, content: null };
}

function parse(text: string): Content | null {
  try {
    const { backup_timestamp, users, account_keeper, account_keeper_records } = fileSchema.parse(JSON.parse(text));
    const held = account_keeper_records === undefined ? users.map(heldOfUser) : account_keeper_records.map(({ id, document, metadata, uri, embedding }) => heldOf(id, document, metadata, uri, vectorOf(embedding)));
    // No two of another program's may share an address: nobody knows who is who.
    if (account_keeper === undefined && new Set(held.map(({ email }) => email)).size < held.length) return null;
    return { isOurs: account_keeper !== undefined, isShort: (account_keeper?.fewer_than ?? null) !== null, time: Date.parse(backup_timestamp), people: new Map(held.map((one) => [one.id, one])) };
  } catch {
    return null;
  }
}

function heldOfUser(user: unknown): Held {
  return heldOf(userSchema.parse(user).user_id, JSON.stringify(user), null, null, null);
}

function vectorOf(base64: string | null): number[] | null {
  if (base64 === null) return null;
  const bytes = Buffer.from(base64, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

/** Everybody, each in the newest version there is in any of them. */
export function everybody(peoples: Iterable<People>): People {
  const all = new Map<string, Held>();
  for (const people of peoples) for (const held of people.values()) if ((all.get(held.id)?.version ?? -1) < held.version) all.set(held.id, held);
  return all;
}

export interface Reach {
  /** What a restore of the folder takes; null: nothing. */
  readonly newest: ModelFile | null;
  /** Besides, where everyone is brought back. */
  readonly later: readonly ModelFile[];
  /** Whom that brings back onto an empty site. */
  readonly people: People;
}

/** Whom an unasked restore would bring back, by what the README says; `canOpen` tells which files can be read. */
export function reachOf(folder: ModelFolder, canOpen: (file: ModelFile) => boolean): Reach {
  const good = folder.files.flatMap((file) => (file.content !== null && canOpen(file) ? [{ file, content: file.content }] : []));
  const normal = good.filter(({ file, content }) => file.shelf === "" && !content.isShort).sort((a, b) => b.content.time - a.content.time);
  const newest = normal.find(({ content }, at) => {
    if (content.isOurs) return true;
    const ours = normal.slice(at + 1).find((other) => other.content.isOurs);
    return ours === undefined || missingPeople(ours.content.people, content.people).length === 0;
  });
  if (newest === undefined) return { newest: null, later: [], people: new Map() };
  const later = good.filter(({ file, content }) => file.shelf !== "" && content.isOurs && content.time > newest.content.time);
  return { newest: newest.file, later: later.map(({ file }) => file), people: everybody([newest, ...later].map(({ content }) => content.people)) };
}
