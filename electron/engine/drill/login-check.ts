/**
 * "Can they still log in?" Judges records by what a site needs to sign somebody in. Reads nothing itself, and keeps no
 * e-mail address and no hash: only ids and digests, so that any number of records may stream through.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { AccountRecord } from "../record.ts";
import { looksLikePasswordHash } from "./password-kinds.ts";

/** The owner's sentence for each reason why somebody could not sign in, in the order in which they are told. */
const SENTENCES = {
  UNREADABLE: "This could not be read as an account.",
  NO_ID: "No id is stored inside this account, as there is in others.",
  OTHER_ID: "The id inside this account is not the one it is kept under.",
  NO_EMAIL: "No e-mail address is stored for this account.",
  SAME_EMAIL: "Another account has the same e-mail address.",
  NO_PASSWORD: "No password is stored for this account.",
  UNKNOWN_PASSWORD: "The stored password is cut off, or of a kind we do not know.",
  EMAIL_DIFFERS: "Its e-mail address is kept in two places, and they differ.",
  EMAIL_NOT_IN_METADATA: "Its e-mail address is missing where your site looks for it.",
} as const;

export type LoginReasonCode = keyof typeof SENTENCES;
const CODES: readonly LoginReasonCode[] = ["UNREADABLE", "NO_ID", "OTHER_ID", "NO_EMAIL", "SAME_EMAIL", "NO_PASSWORD", "UNKNOWN_PASSWORD", "EMAIL_DIFFERS", "EMAIL_NOT_IN_METADATA"];

interface LoginReason {
  readonly code: LoginReasonCode;
  /** One sentence, without e-mail address or hash. */
  readonly message: string;
}

export interface LoginFinding {
  readonly id: string;
  /** At least one. */
  readonly reasons: readonly LoginReason[];
}

interface LoginCheck {
  add(record: Pick<AccountRecord, "id" | "document" | "metadata">): void;
  /** How many have been added, and how many of them could not sign in as far as is known by now. */
  readonly counts: { readonly records: number; readonly couldNotSignIn: number };
  /** Everybody who could not sign in, once all have been added. */
  findings(): LoginFinding[];
}

const accountSchema = z.object({
  user_id: z.unknown().optional(),
  email: z.unknown().optional(),
  password_hash: z.unknown().optional(),
  hashed_password: z.unknown().optional(),
  passwordHash: z.unknown().optional(),
  password: z.unknown().optional(),
});
type Account = z.output<typeof accountSchema>;

/**
 * A check for the records of one backup, in any order. What depends on the others is known at the end: an e-mail
 * address that two share stops both; an id missing inside, or an address in the metadata, counts only where others have theirs there.
 */
export function createLoginCheck(): LoginCheck {
  const reasonsById = new Map<string, Set<LoginReasonCode>>();
  const idByEmail = new Map<string, string>();
  const withoutIdInside: string[] = [];
  const withoutEmailInMetadata: string[] = [];
  let someHaveIdInside = false;
  let someHaveEmailInMetadata = false;
  let records = 0;

  function note(id: string, code: LoginReasonCode): void {
    const reasons = reasonsById.get(id);
    if (reasons === undefined) reasonsById.set(id, new Set([code]));
    else reasons.add(code);
  }

  function checkId(id: string, inside: unknown): void {
    if (inside === undefined || inside === null) {
      withoutIdInside.push(id);
      return;
    }
    someHaveIdInside = true;
    if (!isSameId(inside, id)) note(id, "OTHER_ID");
  }

  function checkEmail(id: string, email: string | null, inMetadata: string | null): void {
    if (inMetadata !== null) someHaveEmailInMetadata = true;
    if (email === null) {
      note(id, "NO_EMAIL");
      return;
    }
    if (inMetadata === null) withoutEmailInMetadata.push(id);
    else if (inMetadata !== email) note(id, "EMAIL_DIFFERS");
    const key = createHash("sha256").update(email).digest("base64").slice(0, 24);
    const holder = idByEmail.get(key);
    if (holder === undefined) {
      idByEmail.set(key, id);
      return;
    }
    note(holder, "SAME_EMAIL");
    note(id, "SAME_EMAIL");
  }

  return {
    add({ id, document, metadata }) {
      records += 1;
      const account = parseObject(document);
      if (account === null) {
        note(id, "UNREADABLE");
        return;
      }
      checkId(id, account.user_id);
      checkEmail(id, textOf(account.email), textOf(parseObject(metadata)?.email));
      const password = passwordOf(account);
      if (password === null) note(id, "NO_PASSWORD");
      else if (!looksLikePasswordHash(password)) note(id, "UNKNOWN_PASSWORD");
    },
    get counts() {
      return { records, couldNotSignIn: reasonsById.size };
    },
    findings() {
      if (someHaveIdInside) for (const id of withoutIdInside) note(id, "NO_ID");
      if (someHaveEmailInMetadata) for (const id of withoutEmailInMetadata) note(id, "EMAIL_NOT_IN_METADATA");
      return [...reasonsById].map(([id, reasons]) => ({ id, reasons: CODES.filter((code) => reasons.has(code)).map((code) => ({ code, message: SENTENCES[code] })) }));
    },
  };
}

/** Parsed with rounded numbers: nothing of it is ever written. */
function parseObject(text: string | null): Account | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    const parsed = Array.isArray(value) ? null : accountSchema.safeParse(value);
    return parsed?.success === true ? parsed.data : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** Chroma's ids are texts; a site that numbers its accounts has the number inside. */
function isSameId(inside: unknown, id: string): boolean {
  return inside === id || (typeof inside === "number" && inside === Number(id));
}

/** Under the old sites' own name, or one of the others that are usual. */
function passwordOf(account: Account): string | null {
  const { password_hash, hashed_password, passwordHash, password } = account;
  return [password_hash, hashed_password, passwordHash, password].map(textOf).find((text) => text !== null) ?? null;
}
