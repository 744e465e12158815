import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../electron/cli/commands/index.ts";
import { checksum, encodeVariable } from "../../../electron/engine/variable/encode.ts";
import { account, accounts, base64 } from "../variable/fixtures.ts";
import { createFakeHost, run, type CliRun } from "./fake-host.ts";

const value = encodeVariable(accounts(7));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "keeper-cli-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const inspectPiped = (stdin: string, ...flags: string[]): Promise<CliRun> => run(["inspect", "-", ...flags], commands, createFakeHost({ stdin }));

function expectNoSecrets({ out, err }: CliRun): void {
  for (const secret of ["made-up-hash", "example.org", value.slice(0, 20), base64("made-up-hash")]) expect(out + err).not.toContain(secret);
}

describe("account-keeper inspect", () => {
  it("tells people what a value holds", async () => {
    const result = await inspectPiped(`${value}\n`);
    expect(result).toMatchObject({ exitCode: 0, err: "" });
    expect(result.out.split("\n").slice(0, 3)).toEqual([
      "7 accounts in this variable.",
      `${value.length.toLocaleString("en-US")} characters, checksum ${checksum(value)}.`,
      "Ids: u-1, u-2, u-3, u-4, u-5, u-6, u-7.",
    ]);
    expect(result.out).toContain("Render and most hosts: fits.");
    expectNoSecrets(result);
  });

  it("tells machines the same", async () => {
    const result = await inspectPiped(value, "--json");
    expect(result).toMatchObject({ exitCode: 0, err: "" });
    expect(JSON.parse(result.out)).toMatchObject({ ok: true, kind: "variable", accounts: 7, checksum: checksum(value), length: value.length, remarks: [], problems: [] });
    expectNoSecrets(result);
  });

  it("reads a file, and the words themselves when there is no such file", async () => {
    const file = join(folder, ".env");
    writeFileSync(file, `PORT=80\r\nUSER_BACKUP_DATA="${value}"\r\n`);
    for (const target of [file, value, `USER_BACKUP_DATA=${value}`, encodeVariable([account(1)])]) {
      const result = await run(["inspect", target], commands);
      expect(result.exitCode).toBe(0);
      expect(result.out).toMatch(/^[17] accounts? in this variable\.\n/);
      expectNoSecrets(result);
    }
  });

  it("ends with 3 when the site could not use what was pasted", async () => {
    const twice = await inspectPiped(base64(value));
    expect(twice.exitCode).toBe(3);
    expect(twice.out).toContain("It was encoded more than once.\nYour site could not read it like this.");
    const shared = await inspectPiped(encodeVariable([account(1), account(2, { email: "person1@example.org" })]));
    expect(shared.exitCode).toBe(3);
    expect(shared.out).toContain("Two accounts share an e-mail address: a restore takes none of them back.\n");
    expectNoSecrets(shared);
    const anonymous = await inspectPiped(encodeVariable(['{"email":"a@example.org"}', account(1)]), "--json");
    expect(anonymous.exitCode).toBe(3);
    expect(JSON.parse(anonymous.out)).toMatchObject({ accounts: 2, problems: ["1 account without an id: the site cannot take it back."] });
  });

  it("says what is wrong with a cut value, also when it came as a word", async () => {
    for (const result of [await inspectPiped(value.slice(0, 400)), await run(["inspect", value.slice(0, 400)], commands)]) {
      expect(result).toMatchObject({ exitCode: 1, out: "" });
      expect(result.err).toMatch(/^This value is cut off after 400 characters\.\n.*3 whole accounts come before the cut\.\n$/);
      expectNoSecrets(result);
    }
  });

  it("ends with 10 when there is no such file", async () => {
    for (const target of ["missing.json", join(folder, "missing")]) {
      expect((await run(["inspect", target], commands)).exitCode).toBe(10);
    }
  });

  it("cannot be made to steer the terminal by an id", async () => {
    const hostile = encodeVariable([account(1, { user_id: "x\x1b[2J\u202ey\nAll is well." })]);
    expect((await inspectPiped(hostile)).out).toContain("Ids: x[2Jy All is well..\n");
  });

  it("refuses a flood and stops reading it", async () => {
    const host = createFakeHost();
    let sent = 0;
    const flood = setInterval(() => {
      while (sent < 64 && host.stdin.write("A".repeat(1024 * 1024))) sent += 1;
      sent += 1;
    }, 0);
    const result = await run(["inspect", "-"], commands, host);
    clearInterval(flood);
    expect(result.exitCode).toBe(1);
    expect(result.err).toContain("This is not a backup variable.");
    expect(sent).toBeLessThan(20);
  });

  it("stops when it is told to while it waits", async () => {
    const host = createFakeHost();
    const waiting = run(["inspect", "-"], commands, host);
    host.controller.abort();
    expect(await waiting).toEqual({ exitCode: 130, out: "", err: "Stopped.\n" });
  });
});
