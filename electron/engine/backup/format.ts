/**
 * Backup file, format 1: its head as text and as values. The whole layout is specified in the README.
 * Owns the names of all members; knows nothing of files.
 */
import { LosslessNumber } from "lossless-json";
import { z } from "zod";
import { minifyJson, parseLossless, stringifyLossless, type JsonObject, type JsonValue } from "../json/text.ts";
import { problemCodes } from "../record.ts";
import { damaged, newerFormat } from "./damage.ts";
import { sha256Hex } from "./digest.ts";

const FORMAT_VERSION = 1;
/** The head lists this many problems; the rest is only counted. */
export const MAX_LISTED_PROBLEMS = 1_000;

export const ACCOUNTS_KEY = "users";
export const RECORDS_KEY = "account_keeper_records";
const HEAD_KEYS = ["backup_timestamp", "user_count", "account_keeper"] as const;
type HeadKey = (typeof HEAD_KEYS)[number];

/** Raw JSON text of the head's members, as far as they are there. */
export type HeadTexts = Partial<Record<HeadKey, string>>;

export function isHeadKey(key: string): key is HeadKey {
  return HEAD_KEYS.some((headKey) => headKey === key);
}

const count = z
  .instanceof(LosslessNumber)
  .transform((number) => Number(number.value))
  .pipe(z.int().nonnegative());
/** Values of Chroma's own: numbers keep their exact text. */
const jsonObject = z.custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber));
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const chromaSchema = z.object({
  tenant: z.string(),
  database: z.string(),
  collection: z.object({
    id: z.string(),
    name: z.string(),
    metadata: jsonObject.nullable(),
    configuration: jsonObject.nullable(),
    schema: jsonObject.nullable(),
    dimension: count.nullable(),
  }),
});
const fewerThanSchema = z.object({ backup: z.string(), accounts: count, missing: count });
const digestSchema = z.object({ algorithm: z.literal("sha256"), accounts: sha256, records: sha256, content: sha256, head: sha256 });
const problemSchema = z.object({
  code: z.enum(problemCodes),
  id: z.string(),
  message: z.string(),
});
const keeperSchema = z.object({
  format: count,
  made_by: z.string(),
  site: z.string(),
  chroma: chromaSchema,
  fewer_than: fewerThanSchema.nullable(),
  problem_count: count,
  problems: z.array(problemSchema),
  record_count: count,
  digest: digestSchema,
});
const timestampSchema = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const headSchema = z.object({ backup_timestamp: timestampSchema, user_count: count, account_keeper: keeperSchema });
/** Enough to tell a newer format, whatever else it may hold. */
const anyFormatSchema = z.object({ format: count });

/** Where the accounts lived: enough to make the collection again. */
export type BackupChroma = z.infer<typeof chromaSchema>;
/** The fuller backup beside which this one is short: its accounts, and how many of them are missing here. */
export type FewerThan = z.infer<typeof fewerThanSchema>;
export type BackupDigest = z.infer<typeof digestSchema>;
/** The head of a backup, named as in the file. `user_count` counts accounts, `record_count` also what is no account. */
export type BackupHead = z.infer<typeof headSchema>;

/** A head as it is before its own digest is known. */
export interface HeadToSeal {
  readonly backup_timestamp: string;
  readonly user_count: number;
  readonly account_keeper: Omit<BackupHead["account_keeper"], "format" | "digest"> & { readonly digest: Omit<BackupDigest, "algorithm" | "head"> };
}

/** The head with its digest: as text without the outer braces, one member a line, and as value. */
export function sealHead(head: HeadToSeal): { text: string; head: BackupHead } {
  const { digest, ...rest } = head.account_keeper;
  // Written in this order: the format first, for readers that do not know it; the digest of all before it last.
  const keeper = (headDigest: string) => ({ format: FORMAT_VERSION, ...rest, digest: { algorithm: "sha256" as const, ...digest, head: headDigest } });
  const texts = {
    backup_timestamp: JSON.stringify(head.backup_timestamp),
    user_count: String(head.user_count),
    account_keeper: stringifyLossless(asJson(keeper(""))),
  };
  const sealed = keeper(digestOfHead(texts));
  const text = `"backup_timestamp": ${texts.backup_timestamp},\n"user_count": ${texts.user_count},\n"account_keeper": ${stringifyLossless(asJson(sealed))}`;
  return { text, head: { backup_timestamp: head.backup_timestamp, user_count: head.user_count, account_keeper: sealed } };
}

/** SHA-256 over the minified head texts, a newline after each; `account_keeper` with its own digest left empty. */
function digestOfHead(texts: Required<HeadTexts>): string {
  return sha256Hex(HEAD_KEYS.map((key) => `${minifyJson(texts[key])}\n`).join(""));
}

type Plain = null | boolean | string | number | LosslessNumber | readonly Plain[] | { readonly [key: string]: Plain };

/** Our own counts become lossless numbers beside the server's. */
function asJson(value: Plain): JsonValue {
  if (typeof value === "number") return new LosslessNumber(String(value));
  if (value === null || typeof value !== "object" || value instanceof LosslessNumber) return value;
  if (isList(value)) return value.map(asJson);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asJson(member)]));
}

/** `Array.isArray` forgets readonly arrays. */
function isList(value: readonly Plain[] | { readonly [key: string]: Plain }): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Throws BACKUP_NEWER_FORMAT when this `account_keeper` member is of a later format, BACKUP_DAMAGED when it tells none. */
export function checkFormat(accountKeeper: string): void {
  const parsed = anyFormatSchema.safeParse(parseHeadText(accountKeeper));
  if (!parsed.success) throw damaged("its head is broken");
  if (parsed.data.format > FORMAT_VERSION) throw newerFormat();
}

/** Throws BACKUP_DAMAGED when a member is missing, broken, or not the one that was written. */
export function parseHead(texts: HeadTexts): BackupHead {
  const { backup_timestamp, user_count, account_keeper } = texts;
  if (backup_timestamp === undefined || user_count === undefined || account_keeper === undefined) throw damaged("a part of its head is missing");
  const parsed = headSchema.safeParse({
    backup_timestamp: parseHeadText(backup_timestamp),
    user_count: parseHeadText(user_count),
    account_keeper: parseHeadText(account_keeper),
  });
  if (!parsed.success) throw damaged("its head is broken");
  const head = parsed.data;
  const { head: headDigest } = head.account_keeper.digest;
  const unsealed = minifyJson(account_keeper).replace(`"head":"${headDigest}"`, '"head":""');
  if (digestOfHead({ backup_timestamp, user_count, account_keeper: unsealed }) !== headDigest) throw damaged("its head was changed");
  return head;
}

function parseHeadText(text: string): JsonValue {
  try {
    return parseLossless(text);
  } catch (error) {
    // SyntaxError, or RangeError where somebody nested it deeper than the stack.
    throw damaged("its head is broken", { cause: error });
  }
}

/** `backup_timestamp` and `user_count` of a file that another program wrote; null where they are missing or make no sense. */
export function parseForeignHead(texts: HeadTexts): { timestamp: Date | null; accountCount: number | null } {
  const timestamp = timestampSchema.safeParse(texts.backup_timestamp === undefined ? null : parseHeadText(texts.backup_timestamp));
  const accountCount = count.safeParse(texts.user_count === undefined ? null : parseHeadText(texts.user_count));
  return { timestamp: timestamp.success ? new Date(timestamp.data) : null, accountCount: accountCount.success ? accountCount.data : null };
}
