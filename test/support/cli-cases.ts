/** Cases of what each command says, to people and to machines, and the run that compares. */
import { expect } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { variableOfSite } from "../../electron/engine/operations/make-variable.ts";
import { answerOf, createCliStage, type CliStage } from "./cli-stage.ts";
import { snapshotFolder } from "./snapshots.ts";

export interface CliCase {
  readonly name: string;
  /** How many accounts the site has; default 3. */
  readonly accounts?: number;
  /** What happens before, and what the command line is then. */
  readonly prepare: (stage: CliStage) => Promise<readonly string[]> | readonly string[];
  readonly env?: (stage: CliStage) => Promise<NodeJS.ProcessEnv>;
  readonly stdin?: (stage: CliStage) => Promise<string>;
  readonly code: number;
  /** All of it, line by line; `…` stands for anything in a line. */
  readonly out: readonly string[];
  readonly err?: readonly string[];
  /** Names of the members of the JSON object, `ok` aside, and what some of them hold. */
  readonly json: Record<string, unknown>;
}

const BACKUP = ["outcome", "name", "path", "size_bytes", "encrypted", "timestamp", "accounts", "records", "problem_count", "problems", "fewer_than", "missing", "older_versions", "passed_over"];
export const keys = (names: readonly string[], known: Record<string, unknown> = {}): Record<string, unknown> => ({ ...Object.fromEntries(names.map((name) => [name, expect.anything()])), ...known });
export const anything = expect.toSatisfy(() => true) as unknown;
export const backupJson = (known: Record<string, unknown>): Record<string, unknown> => keys(BACKUP, { fewer_than: null, missing: [], older_versions: null, passed_over: [], problems: [], problem_count: 0, encrypted: false, ...known });
const PLAN = ["policy", "collection", "collection_exists", "add", "overwrite", "same", "left_as_they_are", "problems", "dimension", "stand_in_vectors", "accounts_in_backup", "chosen", "accounts_on_site", "fingerprint"];
export const planJson = (known: Record<string, unknown>): Record<string, unknown> => keys(PLAN, { problems: [], ...known });
export const REPORT = ["added", "overwritten", "left_as_they_are", "problems", "dimension", "dimension_source", "stand_in_vectors", "collection_created", "safety_backup", "accounts_on_site"];
export const failure = (code: string, retryable = false): Record<string, unknown> => ({ error: { code, message: expect.stringMatching(/^\S.*[.?]$/s) as string, hint: expect.stringMatching(/\S/) as string, retryable } });
export const backupFrom = ({ source, vault }: CliStage): readonly string[] => ["backup", ...source, "--out", vault];
export const ids = (count: number): string[] => sampleAccounts(count).map(({ id }) => id);
/** A backup of all, then a wiped site. */
export async function wiped(stage: CliStage, ...args: string[]): Promise<readonly string[]> {
  const path = await stage.backUp();
  await stage.site.wipe();
  return ["restore", ...stage.source, ...args.map((arg) => (arg === "FILE" ? path : arg === "DIR" ? stage.vault : arg))];
}
export const valueOf = async ({ site }: CliStage): Promise<string> => (await variableOfSite(site)).value;
export const missingOut = ["Adds 3 · leaves 0 as they are · changes nobody.", 'The collection "…" is missing and will be made.'];
export const restoredOut = ["✅ Restored 3 users from backup", "All 3 accounts are back, read again from your site and checked. It now has 3."];
export const restoredJson = { outcome: "restored", plan: planJson({ add: ids(3), collection_exists: false, overwrite: [] }), report: keys(REPORT, { added: 3, problems: [], safety_backup: null, accounts_on_site: 3 }), left_out: [], passed_over: [] };
export const wholeOut = "…, … KB. It was read back and checked.";

/** `…` in an expected line stands for anything. */
function matchesLine(line: string, expected: unknown): boolean {
  if (typeof expected !== "string") return typeof expected === "object" && expected !== null && "asymmetricMatch" in expected && (expected as { asymmetricMatch(line: string): boolean }).asymmetricMatch(line);
  return new RegExp(`^${expected.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(line);
}

function expectLines(text: string, expected: readonly unknown[]): void {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  expect(
    lines.map((line, index) => (matchesLine(line, expected[index]) ? expected[index] : line)),
    text,
  ).toEqual(expected);
}

/** For people and for machines from the same beginning, each on a site of its own. */
export async function expectCase({ accounts = 3, prepare, env, stdin, code, out, err = [], json }: CliCase): Promise<void> {
  const stages = await Promise.all([createCliStage(sampleAccounts(accounts)), createCliStage(sampleAccounts(accounts))]);
  const [people, machines] = await Promise.all(
    stages.map(async (stage, index) => {
      const given = { ...(env === undefined ? {} : { env: await env(stage) }), ...(stdin === undefined ? {} : { stdin: await stdin(stage) }) };
      const args = await prepare(stage);
      return await stage.run(index === 0 ? args : [...args, "--json"], given);
    }),
  );
  if (people === undefined || machines === undefined) throw new Error("two runs");
  expectLines(people.stdout, out);
  expectLines(people.stderr, err);
  expect(people.code).toBe(code);

  const answer = answerOf(machines);
  expect(answer).toEqual({ ok: !("error" in json), ...json });
  expect(machines.code).toBe(code);
  // Nothing half-finished lies about, and no lock; what happened is noted where the backups lie.
  for (const { vault, temporary } of stages) {
    const names = [...Object.keys(snapshotFolder(vault) ?? {}), ...Object.entries(snapshotFolder(temporary) ?? {}).flatMap(([name, what]) => (what.endsWith(" folder") ? [] : [name]))];
    expect(names.filter((name) => !/^(?:account-keeper-activity\.jsonl|short|safety|(?:(?:short|safety)\/)?user_backup_\d{8}(?:_\d{6})?\.json(?:\.age)?)$/.test(name))).toEqual([]);
  }
}
