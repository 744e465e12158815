/** A file that the owner handed over: a token for a backup and for nothing else, beside the gate. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../support/site.ts";
import { startTestApp } from "../../support/test-app.ts";

it("opens a backup, under its name or the one that is given, and no folder", async () => {
  const test = await startTestApp();
  const path = join(await temporaryFolder(), "mine.json");
  await writeFile(path, JSON.stringify([{ user_id: "u-1", email: "anna@example.com" }]));
  const taken = await test.app.giveToken(path);
  expect(taken).toEqual({ ok: true, value: { token: expect.stringMatching(/^path_/) as string, shown: "mine.json" } });
  const named = await test.app.giveToken(path, "their name.json");
  expect(named).toMatchObject({ ok: true, value: { shown: "their name.json" } });
  expect(await test.run("inspect_backup", { from: { kind: "file", file: named.ok ? named.value.token : "" } })).toMatchObject({ name: "their name.json" });
  const token = taken.ok ? taken.value.token : "";
  expect(await test.run("inspect_backup", { from: { kind: "file", file: token } })).toMatchObject({ name: "mine.json", accounts: 1 });
  const site = { name: "x", collectionName: "users" };
  await expect(test.ask("site.add", { ...site, source: { kind: "folder", folder: token } })).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
  await expect(test.ask("site.add", { ...site, source: { kind: "server", url: "http://127.0.0.1:1" }, vault: token })).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
});

it("cannot be asked for through the gate", async () => {
  const test = await startTestApp();
  for (const name of ["giveToken", "keeper.file", "give_token"]) expect(await test.app.call(name, { path: "/etc/passwd" })).toMatchObject({ ok: false, error: { code: "UNKNOWN_COMMAND" } });
});
