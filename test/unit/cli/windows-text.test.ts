/** Text as the programs of Windows save it: `>` of Windows PowerShell and Notepad's "Unicode" write UTF-16 with a byte order mark. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAuthFile } from "../../../electron/cli/auth-file.ts";
import { commands } from "../../../electron/cli/commands/index.ts";
import { givenPassphrase } from "../../../electron/cli/passphrase.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { errorOf, tempFolder } from "../backup/make-backup.ts";
import { accounts } from "../variable/fixtures.ts";
import { createFakeHost, run } from "./fake-host.ts";

const utf16le = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");
const ENCODINGS = [
  ["UTF-16", utf16le],
  ["UTF-16, the other way round", (text: string): Buffer => utf16le(text).swap16()],
  ["UTF-8 with a mark", (text: string): Buffer => Buffer.from(`\ufeff${text}`)],
] as const;
const value = encodeVariable(accounts(3));

describe.each(ENCODINGS)("a file in %s", (_name, encode) => {
  const fileOf = async (text: string): Promise<string> => {
    const path = join(await tempFolder(), "file.txt");
    await writeFile(path, encode(text));
    return path;
  };

  it("gives the passphrase that was written", async () => {
    expect(await givenPassphrase({ env: {} }, await fileOf("grüne Äpfel\r\n"))).toBe("grüne Äpfel");
  });

  it("gives the key that was written", async () => {
    expect(await readAuthFile(await fileOf("bearer k3y\r\n"))).toStrictEqual({ kind: "bearer", token: "k3y" });
  });

  it("is the variable that was written", async () => {
    const path = await fileOf(`${value}\r\n`);
    expect(await openBackup({ path })).toMatchObject({ kind: "variable", accountCount: 3 });
    expect((await run(["inspect", path], commands)).out).toMatch(/^3 accounts in this variable\./);
  });

  it("may be piped in", async () => {
    const { out, err } = await run(["inspect", "-"], commands, createFakeHost({ stdin: encode(`${value}\r\n`) }));
    expect([out.split("\n")[0], err]).toStrictEqual(["3 accounts in this variable.", ""]);
  });
});

it("a backup that was saved anew as UTF-16 is not taken for less than it is, and its owner reads why", async () => {
  const path = join(await tempFolder(), "user_backup_20261124.json");
  await writeFile(path, utf16le(JSON.stringify({ backup_timestamp: "2026-11-24T09:00:00Z", user_count: 1, users: [{ user_id: "a", email: "a@example.org" }] })));
  expect(await errorOf(() => openBackup({ path }))).toMatchObject({ code: "NOT_A_BACKUP", hint: expect.stringContaining("UTF-8") as string });
});
