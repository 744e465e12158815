/**
 * The options of `persistAccounts`, checked when it is called: JavaScript has no types, and the usual mistake is a
 * variable of the environment that is not set. Owns the sentences about them; no value is in any of them.
 */
import { z } from "zod";
import { KeeperError, toErrorValue, type Result } from "../../shared/errors.ts";
import type { CloudSource, ServerSource } from "./chroma/source.ts";

type Log = (line: string) => void;

export interface PersistAccountsOptions {
  /** The site's ChromaDB. */
  readonly source: ServerSource | CloudSource;
  /** Default `users`. */
  readonly collectionName?: string | undefined;
  /** Where backups are kept. On a host that wipes its disk, keep the variable too. */
  readonly folder: string;
  /** Locks new backups and opens locked ones. */
  readonly passphrase?: string | undefined;
  /** Default: `process.env.USER_BACKUP_DATA`. */
  readonly variable?: string | undefined;
  /** Gets each log line; default `console.log`. */
  readonly log?: Log | undefined;
}

const isFunction = (value: unknown): value is Log => typeof value === "function";

const text = z.string();
const names = { tenant: text.optional(), database: text.optional() };

const authSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("bearer"), token: text }),
  z.strictObject({ kind: z.literal("chroma_token"), token: text }),
  z.strictObject({ kind: z.literal("basic"), user: text, password: text }),
  z.strictObject({ kind: z.literal("header"), name: text, value: text }),
]);

const optionsSchema = z.strictObject({
  source: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("server"), url: text, ...names, auth: authSchema.optional(), ca: text.optional() }),
    z.strictObject({ kind: z.literal("cloud"), apiKey: text, ...names, url: text.optional() }),
  ]),
  collectionName: text.min(1).optional(),
  folder: text.min(1),
  passphrase: text.optional(),
  variable: text.optional(),
  log: z.custom<Log>(isFunction).optional(),
}) satisfies z.ZodType<PersistAccountsOptions>;

/** The options, or a USAGE that names the first one that is wrong. */
export function checkOptions(given: unknown): Result<PersistAccountsOptions> {
  const checked = optionsSchema.safeParse(given, { reportInput: true });
  if (checked.success) return { ok: true, value: checked.data };
  const [issue] = checked.error.issues;
  const { message, hint } = issue === undefined ? UNUSABLE : wordsFor(issue);
  return { ok: false, error: toErrorValue(new KeeperError("USAGE", message, { hint })) };
}

/** Where the log lines go, also when the rest of the options cannot be used. */
export function logOf(given: unknown): Log {
  const log: unknown = typeof given === "object" && given !== null && "log" in given ? given.log : undefined;
  return isFunction(log) ? log : console.log;
}

interface Words {
  readonly message: string;
  readonly hint: string;
}

const UNUSABLE: Words = { message: "The options cannot be used.", hint: "Give at least a source and a folder." };

const MISSING = new Map<string, Words>([
  ["", { message: "The options are missing.", hint: UNUSABLE.hint }],
  ["source", { message: "It is not said where the accounts are.", hint: 'Give a source, such as { kind: "server", url: process.env.CHROMA_URL }.' }],
  ["source.url", { message: "The address of the server is missing.", hint: "Is CHROMA_URL set? The address belongs into source.url." }],
  ["source.apiKey", { message: "The key for Chroma Cloud is missing.", hint: "Is CHROMA_API_KEY set? The key belongs into source.apiKey." }],
  ["folder", { message: "The folder for the backups is missing.", hint: 'Name one as folder, such as "backups".' }],
]);

const UNKNOWN_KIND = new Map<string, Words>([
  [
    "source.kind",
    { message: "The source has to be a server or Chroma Cloud.", hint: 'Its kind is "server" or "cloud". A site with a data folder starts with: account-keeper restore --on-startup --folder DIR' },
  ],
  ["source.auth.kind", { message: "The option source.auth.kind is none that we know.", hint: "It is one of none, bearer, chroma_token, basic and header." }],
]);

const KINDS = new Map([["string", "a text"], ["object", "an object"]]);

function wordsFor(issue: z.core.$ZodIssue): Words {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const option = [...issue.path, ...issue.keys.slice(0, 1)].join(".");
    return { message: `There is no option ${option}.`, hint: path === "" ? `There are ${Object.keys(optionsSchema.shape).join(", ")}.` : "Look whether it is spelled as it should be." };
  }
  const { input } = issue;
  if (input === undefined || input === null || input === "") {
    return MISSING.get(path) ?? { message: `The option ${path} is missing.`, hint: "Is the variable of the environment set that it comes from?" };
  }
  const kind = issue.code === "custom" ? "a function" : issue.code === "invalid_type" ? KINDS.get(issue.expected) : undefined;
  const what = path === "" ? "The options have" : `The option ${path} has`;
  return UNKNOWN_KIND.get(path) ?? { message: `${what} to be ${kind ?? "another value"}.`, hint: "The README says what each option is." };
}
