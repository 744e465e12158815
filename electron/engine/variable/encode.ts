/**
 * Makes the variable: the value, its short checksum, and the forms in which people paste it.
 * Byte-compatible with what the reference site makes itself:
 * `base64.b64encode(json.dumps(accounts, separators=(",", ":")).encode()).decode()`.
 */
import { createHash } from "node:crypto";
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { KeeperError } from "../../../shared/errors.ts";
import { rewriteStrings, scanJson } from "./scan.ts";

/**
 * The value for these accounts, each given as the JSON text of its object. Standard base64 with padding.
 *
 * Works on the text, so numbers keep their spelling: `1.0` stays a float, int64 stays whole. Where another writer than
 * Python spelled a number in its own way (`1.50`, `1E5`, `-0`), Python would respell it; we do not, and the values are
 * equal. Strings are spelled as Python spells them. A key that appears twice stays twice; Python would keep the last.
 *
 * Throws INTERNAL when a text is not one JSON object: callers pass accounts they have already read.
 */
export function encodeVariable(accounts: Iterable<string>): string {
  const texts: string[] = [];
  for (const account of accounts) {
    const scan = scanJson(account);
    if (scan.state !== "whole" || scan.root !== "object") {
      throw new KeeperError("INTERNAL", "One account is not in a form the variable can hold.", {
        hint: "Back the accounts up to a file instead; it keeps them as they are.",
      });
    }
    texts.push(rewriteStrings(account, pythonString));
  }
  return Buffer.from(`[${texts.join(",")}]`, "latin1").toString("base64");
}

/** A JSON string token, spelled as Python's `json.dumps` spells the same text (its ESCAPE_ASCII table). */
function pythonString(token: string): string {
  if (/^[ !#-[\]-~]*$/.test(token.slice(1, -1))) return token;
  const text: unknown = JSON.parse(token);
  return `"${String(text).replace(/["\\]|[^ -~]/g, pythonEscape)}"`;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** One UTF-16 unit, so an emoji becomes its two surrogates and half of one stays what it is. */
function pythonEscape(unit: string): string {
  return SHORT_ESCAPES.get(unit) ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Short checksum of a value for people to compare by eye: the first 8 hex digits of its SHA-256, as "8409 C1EC".
 * It tells a cut or mixed-up paste; it is no protection against forgery.
 */
export function checksum(value: string): string {
  const digits = createHash("sha256").update(value, "latin1").digest("hex").slice(0, 8).toUpperCase();
  return `${digits.slice(0, 4)} ${digits.slice(4)}`;
}

export interface VariableForms {
  /** For a dashboard's value field. */
  readonly value: string;
  /** For a dashboard or command that takes `NAME=value`. */
  readonly nameValue: string;
  /**
   * A line to append to an `.env` file. Without quotes: base64 holds nothing that any reader of such files treats
   * specially, and Docker's `--env-file` would keep quotes as part of the value.
   */
  readonly dotenv: string;
}

export function variableForms(value: string): VariableForms {
  const nameValue = `${VARIABLE_NAME}=${value}`;
  return { value, nameValue, dotenv: `${nameValue}\n` };
}
