import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSmallFile } from "../../../electron/cli/small-files.ts";
import { tempFolder } from "../backup/make-backup.ts";

const MAX_BYTES = 1024 * 1024;

/** A pipe with a name, as a shell makes one for `<(…)`, which `script` writes into. */
async function pipe(script: string): Promise<string> {
  const path = join(await tempFolder(), "pipe");
  await once(spawn("mkfifo", [path]), "close");
  const writer = spawn("sh", ["-c", script, "sh", path], { stdio: "ignore" });
  onTestFinished(() => void writer.kill("SIGKILL"));
  return path;
}

describe.skipIf(process.platform === "win32")("a small file", () => {
  it("may be a pipe, also one that comes in parts", async () => {
    expect(await readSmallFile(await pipe('(printf "bearer "; sleep 0.1; printf "k3y\\n") > "$1"'), "key file")).toBe("bearer k3y\n");
  });

  it("is read whole up to its limit, and refused above it", async () => {
    const path = join(await tempFolder(), "bundle.pem");
    writeFileSync(path, "x".repeat(MAX_BYTES));
    expect(await readSmallFile(path, "certificate file")).toHaveLength(MAX_BYTES);
    writeFileSync(path, "x".repeat(MAX_BYTES + 1));
    await expect(readSmallFile(path, "certificate file")).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringMatching(/too large/) as string });
  });

  it("that never ends is not read to its end", async () => {
    await expect(readSmallFile(await pipe('yes > "$1"'), "key file")).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringMatching(/too large/) as string });
  });

  it("that is a folder cannot be read", async () => {
    const folder = join(await tempFolder(), "keys");
    mkdirSync(folder);
    await expect(readSmallFile(folder, "key file")).rejects.toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringMatching(/^We cannot read/) as string });
  });
});
