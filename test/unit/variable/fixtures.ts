/** Made-up accounts and the values Python made of them, for every test of the variable. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { VariableAccount } from "../../../electron/engine/variable/offer.ts";
import { isKeeperError, type KeeperError } from "../../../shared/errors.ts";

const goldenCases = z.array(z.object({ name: z.string(), accounts: z.array(z.string()), value: z.string() }));

/** See test/fixtures/variable/make-python-values.py. */
export const pythonCases = goldenCases.parse(JSON.parse(readFileSync(new URL("../../fixtures/variable/python-values.json", import.meta.url), "utf8")));

export function account(number: number, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ user_id: `u-${number}`, email: `person${number}@example.org`, password_hash: `made-up-hash-${number}`, ...more });
}

export function accounts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => account(index + 1));
}

/** As `accounts`, each under the id of its record. */
export function asRecorded(count: number): VariableAccount[] {
  return accounts(count).map((json, index) => ({ id: `u-${index + 1}`, json }));
}

export function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** The error that `run` throws; fails the test when it throws none or a foreign one. */
export function keeperErrorOf(run: () => unknown): KeeperError {
  try {
    run();
  } catch (error) {
    if (isKeeperError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
