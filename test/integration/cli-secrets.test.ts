/** The whole life of a site from a terminal, and not one secret in what it says, nor in what it leaves behind when backups are locked. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { standInVector } from "../../electron/engine/restore/vectors.ts";
import type { CliEnd } from "../support/cli-process.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { relockFileQuickly } from "../support/quick-lock.ts";
import { snapshotFolder } from "../support/snapshots.ts";

const HASH = "MARKER-HASH-c4f2";
const TOKEN = "MARKER-TOKEN-91ab";
const PASSPHRASE = "MARKER-PASSPHRASE three 77de";
const EMAIL = "marker-mail";

function account(index: number): WritableRecord {
  const id = `u-${index}`;
  const email = `${EMAIL}-${index}@example.com`;
  const document = JSON.stringify({ user_id: id, email, password_hash: `$2b$12$${HASH}-${index}`, full_name: `Person ${index}` });
  return { id, document, metadata: JSON.stringify({ user_id: id, email }), uri: null, embedding: standInVector(id, 384) };
}

/** As itself, and as base64 would write it wherever it stands in a text. */
function formsOf(secret: string): string[] {
  return [secret, ...[0, 1, 2].map((shift) => Buffer.from(`${"x".repeat(shift)}${secret}`).toString("base64").slice(shift === 0 ? 0 : shift + 1, -4))];
}

interface Life {
  readonly stage: CliStage;
  readonly value: string;
  /** Runs it for people and for machines; keeps what was said. */
  readonly run: (args: readonly string[], options?: { env?: NodeJS.ProcessEnv; stdin?: string; code?: number }) => Promise<void>;
  readonly said: { readonly args: readonly string[]; readonly end: CliEnd }[];
}

/** A site behind a guard that asks for the token. `inTurn`: each run speaks to people or to machines, where unlocking takes a second of work every time. */
async function begin(inTurn: boolean): Promise<Life & { readonly source: readonly string[] }> {
  const stage = await createCliStage([1, 2, 3].map(account));
  const { value } = await variableOfSite(stage.site);
  const proxy = await startFrontProxy({ target: inject("chromaUrl"), guard: { kind: "bearer", token: TOKEN } });
  onTestFinished(async () => await proxy.close());
  const said: Life["said"] = [];
  return {
    stage,
    value,
    said,
    source: ["--url", proxy.url, "--collection", stage.site.collectionName],
    async run(args, { code = 0, ...options } = {}) {
      const runOne = async (line: readonly string[]): Promise<void> => {
        const end = await stage.run(line, { ...options, env: { CHROMA_TOKEN: TOKEN, ...options.env } });
        said.push({ args: line, end });
        expect(end.code, `${line.join(" ")}\n${end.stdout}${end.stderr}`).toBe(code);
      };
      if (inTurn) {
        await runOne(said.length % 2 === 0 ? [...args, "--json"] : args);
        return;
      }
      const json = runOne([...args, "--json"]);
      // Two that write would see each other's work.
      if (args.includes("--yes")) await json;
      await Promise.all([json, runOne(args)]);
    },
  };
}

function expectNoSecretSaid({ said, value }: Life): void {
  // The forms are right: the value holds the hash in one of them.
  expect(formsOf(HASH).slice(1).some((form) => value.includes(form))).toBe(true);
  const secrets = [...formsOf(HASH), ...formsOf(TOKEN), ...formsOf(PASSPHRASE), value.slice(40, 80), value.slice(-40)];
  for (const { args, end } of said) {
    const isVariable = args[0] === "variable" && end.code === 0;
    const words = isVariable ? end.stderr : end.stdout + end.stderr;
    for (const secret of secrets) expect(words.includes(secret), `${args.join(" ")}: ${secret}\n${words}`).toBe(false);
    expect(words.includes(EMAIL), `${args.join(" ")}\n${words}`).toBe(false);
    // Otherwise nothing above would have been looked for in the right place.
    if (isVariable) expect(end.stdout).toContain(value);
  }
}

/** Modes of everything in a folder, and of what secrets it holds. */
function expectClosed(folder: string, mayHoldSecrets: boolean): void {
  for (const [name, what] of Object.entries(snapshotFolder(folder) ?? {})) {
    const [mode, content] = [what.slice(0, 3), what.slice(4)];
    expect(mode, name).toBe(content === "folder" ? "700" : "600");
    if (!mayHoldSecrets) for (const secret of [HASH, TOKEN, PASSPHRASE, EMAIL]) for (const form of formsOf(secret)) expect(content.includes(form), `${name}: ${form}`).toBe(false);
  }
}

describe("secrets", () => {
  it.each([false, true])("stay secret all life long (locked: %s)", { timeout: 300_000 }, async (locked) => {
    const life = await begin(locked);
    const { stage, source, run, value } = life;
    const vault = join(stage.folder, "backups");
    const encrypt = locked ? ["--encrypt"] : [];
    const env = locked ? { ACCOUNT_KEEPER_PASSPHRASE: PASSPHRASE } : {};
    const looks = (): void => {
      expectClosed(vault, !locked);
      expectClosed(stage.temporary, false);
    };

    await run(["backup", ...source, "--out", vault, ...encrypt], { env });
    looks();
    const name = Object.keys(snapshotFolder(vault) ?? {}).find((entry) => entry.startsWith("user_backup_")) ?? "";
    const path = join(vault, name);
    // It is opened a dozen times from here on.
    if (locked) await relockFileQuickly(path, PASSPHRASE);
    for (const args of [["list", vault], ["verify", path], ["verify", vault], ["inspect", path]]) await run(args, { env });
    await run(["status", ...source]);
    await run(["variable", ...source]);
    await run(["inspect", "-"], { stdin: value });

    await stage.site.deleteAccounts(["u-1"]);
    await run(["restore", ...source, "--from", vault], { env, code: 2 });
    await run(["restore", ...source, "--from", vault, "--dry-run"], { env });
    await run(["restore", ...source, "--from", vault, "--yes"], { env });
    looks();

    // Failures of each kind.
    await run(["status", ...source], { env: { CHROMA_TOKEN: `${TOKEN}-wrong` }, code: 1 });
    await run(["backup", ...source, "--collection", "nobody", "--out", vault], { env, code: 10 });
    await run(["inspect", "-"], { stdin: value.slice(0, -60), code: 1 });
    await run(["restore", ...source, "--from", "variable", "--yes"], { env: { USER_BACKUP_DATA: `${value.slice(0, 90)}!${value.slice(91)}` }, code: 1 });
    const twins = `[${[account(8), { ...account(8), document: (account(8).document ?? "").replace("u-8", "u-9") }].map(({ document }) => document ?? "").join(",")}]`;
    await run(["restore", ...source, "--from", "-", "--yes"], { stdin: twins, code: 1 });
    await run(["restore", ...source, "--from", "-", "--yes"], { stdin: twins.slice(0, -30), code: 1 });
    if (locked) await run(["verify", path], { env: { ACCOUNT_KEEPER_PASSPHRASE: `${PASSPHRASE}-wrong` }, code: 12 });
    // A key in a wrong place is not repeated.
    for (const args of [["backup", TOKEN], ["status", `--token=${TOKEN}`], ["status", "--url", `http://owner:${TOKEN}@127.0.0.1:1`]]) await run(args, { code: 2 });
    await run(["status", "--url", "http://127.0.0.1:1", "--auth-file", await stage.file("key", TOKEN)], { code: 2 });
    looks();

    expectNoSecretSaid(life);
    // The markers are where they should be.
    expect((await readFile(path, "latin1")).includes(HASH)).toBe(!locked);
    expect([...(await stage.site.read()).values()].filter(({ document }) => document?.includes(HASH) === true)).toHaveLength(3);
  });
});
