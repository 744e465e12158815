/**
 * Everything the command says: sentences for people, one JSON object for machines. Nothing else writes to stdout or
 * stderr but the progress bar. Text that comes from data cannot steer the terminal.
 */
import { toErrorValue, type ErrorValue } from "../../shared/errors.ts";
import { shown, UNSAFE } from "../engine/shown.ts";

export { shown };

/** JSON text with the same characters written as escapes: equal for machines, harmless on a terminal. */
function safeJson(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value).replace(UNSAFE, (character) => character.split("").map(escaped).join(""));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

export interface Output {
  readonly json: boolean;
  /** One or more sentences on stdout. Silent with `--json`. */
  say(text: string): void;
  /** Something to know that is not the result, on stderr. Silent with `--json`. */
  note(text: string): void;
  /** What the command was asked to print, byte for byte on stdout: only for the variable. Not with `--json`. */
  print(text: string): void;
  /** The result with `--json`: `{"ok":true, …}`. Silent for people. Called once; by `watch` once for each thing that happens. */
  result(value: Readonly<Record<string, unknown>>): void;
  /** The failure: `{"ok":false,"error":…}` on stdout with `--json`, else sentence (after `prefix`) and hint on stderr. Returns what was said. */
  fail(error: unknown, prefix?: string): ErrorValue;
}

/** Only what we say of the command line itself takes several lines. Elsewhere a line break would come from a name. */
function hintLines(code: ErrorValue["code"], hint: string): string {
  return code === "USAGE" ? hint : shown(hint);
}

interface Writable {
  write(text: string): unknown;
}

export interface OutputOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly json: boolean;
}

export function createOutput({ stdout, stderr, json }: OutputOptions): Output {
  const line = (text: string): string => `${text.replace(UNSAFE, "")}\n`;
  return {
    json,
    say(text) {
      if (!json) stdout.write(line(text));
    },
    note(text) {
      if (!json) stderr.write(line(text));
    },
    print(text) {
      if (!json) stdout.write(text);
    },
    result(value) {
      if (json) stdout.write(`${safeJson({ ok: true, ...value })}\n`);
    },
    fail(thrown, prefix = "") {
      const error = toErrorValue(thrown);
      if (json) stdout.write(`${safeJson({ ok: false, error })}\n`);
      else stderr.write(line(`${prefix}${shown(error.message)}${error.hint === undefined ? "" : `\n${hintLines(error.code, error.hint)}`}`));
      return error;
    },
  };
}
