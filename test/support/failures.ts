/** The check after every failing run: its code, a sentence, a next step; and everything as it was before. */
import { expect } from "vitest";
import type { ErrorCode } from "../../shared/errors.ts";
import type { CliEnd, CliOptions } from "./cli-process.ts";
import { answerOf, type CliStage } from "./cli-stage.ts";
import { snapshotFolder } from "./snapshots.ts";

export interface ExpectedFailure {
  readonly code: ErrorCode;
  readonly exitCode: number;
  /** What the sentence says. */
  readonly message: string | RegExp;
  readonly hint?: string | RegExp;
}

function expectText(text: unknown, expected: string | RegExp | undefined): void {
  if (typeof text !== "string") throw new Error(`no text: ${JSON.stringify(text)}`);
  if (typeof expected === "string") expect(text).toBe(expected);
  else expect(text).toMatch(expected ?? /\S/);
  // One or two sentences for people: no code, no stack, no path of ours.
  expect(text).toMatch(/[.?:]$|\n {2}|account-keeper \w+$/);
  expect(text).not.toMatch(/\bE[A-Z]{4,}\b|node_modules|\bat \S+:\d+|undefined|\[object/);
}

/** Runs it for people and for machines, and compares site and vault with before. */
export async function expectFailure(stage: CliStage, args: readonly string[], expected: ExpectedFailure, options: CliOptions = {}): Promise<void> {
  await expectFailures(stage, [args], expected, options);
}

/** The same for several command lines, side by side: starting a process is what takes the time. */
export async function expectFailures(stage: CliStage, lines: readonly (readonly string[])[], expected: ExpectedFailure, options: CliOptions = {}): Promise<void> {
  const before = await stage.state();
  await Promise.all(lines.map(async (args) => await expectFailing(stage, args, expected, options)));
  await expectUnchanged(stage, before);
}

async function expectFailing(stage: CliStage, args: readonly string[], expected: ExpectedFailure, options: CliOptions): Promise<void> {
  const [machines, people] = await Promise.all([stage.run([...args, "--json"], options), stage.run(args, options)]);
  const answer = answerOf(machines);
  expect(answer).toMatchObject({ ok: false, error: { code: expected.code } });
  const { error } = answer as { error: { message: string; hint?: string } };
  expectText(error.message, expected.message);
  expectText(error.hint, expected.hint);
  expect(machines.code).toBe(expected.exitCode);
  expect(people.code).toBe(expected.exitCode);
  expect(people.stderr).toContain(`${error.message}\n${error.hint ?? ""}\n`);
  expectNoPraise(people);
}

/** Never a line of success beside a failure. */
function expectNoPraise({ stdout }: CliEnd): void {
  expect(stdout).not.toContain("✅");
}

async function expectUnchanged(stage: CliStage, before: Awaited<ReturnType<CliStage["state"]>>): Promise<void> {
  expect(await stage.state()).toEqual(before);
  const left = Object.entries(snapshotFolder(stage.temporary) ?? {}).filter(([, what]) => !what.endsWith(" folder"));
  expect(left).toEqual([]);
}
