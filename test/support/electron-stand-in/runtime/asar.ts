// Reads an app.asar. Electron's patched fs reads inside the archive; the stand-in lays it out once per run in a temporary folder.
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { complain } from "./record.ts";

interface Entry {
  files?: Record<string, Entry>;
  size?: number;
  offset?: string;
  unpacked?: boolean;
  executable?: boolean;
  link?: string;
  integrity?: { hash: string };
}

/** The folder that stands for the archive; gone when the process ends. Throws when a file's hash is wrong or an unpacked one is missing. */
export function mountAsar(archive: string): string {
  const root = mkdtempSync(join(tmpdir(), "stand-in-asar-"));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, basename(archive));
  const unpacked = `${archive}.unpacked`;
  mkdirSync(folder);
  if (existsSync(unpacked)) symlinkSync(unpacked, `${folder}.unpacked`);

  const file = openSync(archive, "r");
  try {
    const { header, start } = readHeader(file);
    for (const [path, entry] of walk(header, "")) {
      const target = join(folder, path);
      if (entry.files) mkdirSync(target, { recursive: true });
      else if (entry.link !== undefined) symlinkSync(join(folder, entry.link), target);
      else if (entry.unpacked === true) symlinkSync(need(join(unpacked, path)), target);
      else writeFileSync(target, content(file, start, path, entry), { mode: entry.executable === true ? 0o755 : 0o644 });
    }
  } finally {
    closeSync(file);
  }
  return folder;
}

function readHeader(file: number): { header: Entry; start: number } {
  // Two pickles: the size of the header, then the header itself as JSON with its length in front.
  const sizes = read(file, 0, 16);
  const header = JSON.parse(read(file, 16, sizes.readUInt32LE(12)).toString("utf8")) as Entry;
  return { header, start: 8 + sizes.readUInt32LE(4) };
}

function read(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}

function* walk(folder: Entry, at: string): Generator<[string, Entry]> {
  for (const [name, entry] of Object.entries(folder.files ?? {})) {
    const path = join(at, name);
    yield [path, entry];
    yield* walk(entry, path);
  }
}

function content(file: number, start: number, path: string, entry: Entry): Buffer {
  if (path.endsWith(".node")) complain(`a native module is packed inside the archive, where it cannot be loaded: ${path}`);
  const bytes = read(file, start + Number(entry.offset), entry.size ?? 0);
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (entry.integrity && entry.integrity.hash !== hash) throw new Error(`asar integrity: ${path}`);
  return bytes;
}

function need(path: string): string {
  if (!existsSync(path)) throw new Error(`asar: ${path} is marked as unpacked but is missing`);
  return path;
}
