/** Proves a value before it is offered: decoded by the site's rule and compared with the live accounts. */
import { isDeepStrictEqual } from "node:util";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import { isJsonObject, parseLossless, type JsonValue } from "../json/text.ts";

/** What the site's own strict decoder takes; Node's would pass over characters that do not belong. */
const STRICT_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Throws VERIFICATION_FAILED unless `value` decodes, by the site's rule alone, to exactly these accounts in this order:
 * same keys, same texts, same spelling of every number. Shares no code with the encoder but the JSON parser.
 */
export function proveVariable(value: string, accounts: Iterable<string>): void {
  let equal: boolean;
  try {
    const decoded = decodeAsSite(value);
    const expected = Array.from(accounts, (account) => parseLossless(account));
    equal = decoded.every(isJsonObject) && isDeepStrictEqual(decoded, expected);
  } catch (error) {
    // Not handed on as the cause: a parser's message may quote an account.
    if (isKeeperError(error)) throw error;
    equal = false;
  }
  if (!equal) throw failed();
}

function decodeAsSite(value: string): JsonValue[] {
  if (!STRICT_BASE64.test(value)) throw failed();
  const decoded = parseLossless(Buffer.from(value, "base64").toString("utf8"));
  if (!Array.isArray(decoded)) throw failed();
  return decoded;
}

function failed(): KeeperError {
  return new KeeperError("VERIFICATION_FAILED", "The variable does not hold the same accounts as your site, so it is not offered.", {
    hint: "Someone may have signed up just now. Try again; a backup file works in any case.",
  });
}
