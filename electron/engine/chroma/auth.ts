/** Turns an `Auth` into request headers, and knows which texts must never be shown. */
import { KeeperError } from "../../../shared/errors.ts";
import type { Auth } from "./source.ts";

/** Headers for every request. Throws KEY_REFUSED when the key cannot be sent at all; the key is in no error. */
export function authHeaders(auth: Auth): Record<string, string> {
  switch (auth.kind) {
    case "none":
      return {};
    case "bearer":
      return { authorization: `Bearer ${headerValue(auth.token)}` };
    case "chroma_token":
      return { "x-chroma-token": headerValue(auth.token) };
    case "basic":
      return { authorization: `Basic ${basicCredentials(auth.user, auth.password)}` };
    case "header":
      return { [headerName(auth.name)]: headerValue(auth.value) };
  }
}

/** Replaces every secret of `auth` in a text that came from elsewhere, such as a server's message. */
export function createRedactor(auth: Auth): (text: string) => string {
  const secrets = secretsOf(auth).filter((secret) => secret !== "");
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

function secretsOf(auth: Auth): string[] {
  switch (auth.kind) {
    case "none":
      return [];
    case "bearer":
    case "chroma_token":
      return [auth.token.trim()];
    case "basic":
      return [basicCredentials(auth.user, auth.password), auth.password];
    case "header":
      return [auth.value.trim()];
  }
}

function basicCredentials(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`, "utf8").toString("base64");
}

/** Keys come from files and pasted text: white space around them is never meant. */
function headerValue(value: string): string {
  const trimmed = value.trim();
  if (trimmed !== "" && /^[\x20-\x7e]+$/.test(trimmed)) return trimmed;
  throw new KeeperError("KEY_REFUSED", trimmed === "" ? "The key is empty." : "This cannot be a key.", {
    hint: "Copy the key again: it is one line of plain letters, digits and signs.",
  });
}

function headerName(name: string): string {
  const trimmed = name.trim().toLowerCase();
  if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(trimmed)) return trimmed;
  throw new KeeperError("KEY_REFUSED", "This cannot be the name of a header.", { hint: "A header name looks like X-Api-Key." });
}
