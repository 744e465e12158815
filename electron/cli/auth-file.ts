/** How a key reaches the command without being on the command line: a file of one line. Owns its syntax. */
import { KeeperError } from "../../shared/errors.ts";
import type { Auth } from "../engine/chroma/source.ts";
import { shown } from "./output.ts";
import { firstLine, readSmallFile } from "./small-files.ts";

export const AUTH_FILE_FORMS = ["bearer TOKEN", "x-chroma-token TOKEN", "basic user:password", "header Name: value"] as const;

/**
 * The first line that is neither empty nor a `#` comment, in one of the four forms; the first word in any case.
 * Null when it has none of them.
 */
export function parseAuth(text: string): Exclude<Auth, { kind: "none" }> | null {
  const line = firstLine(text) ?? "";
  const [, word = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  const isToken = /^\S+$/.test(rest);
  switch (word.toLowerCase()) {
    case "bearer":
      return isToken ? { kind: "bearer", token: rest } : null;
    case "x-chroma-token":
      return isToken ? { kind: "chroma_token", token: rest } : null;
    case "basic": {
      // The first colon ends the user name; a password may hold more of them.
      const [, user, password] = /^([^:]+):(.+)$/.exec(rest) ?? [];
      return user !== undefined && password !== undefined ? { kind: "basic", user, password } : null;
    }
    case "header": {
      const [, name, value] = /^([^\s:]+):\s*(\S.*)$/.exec(rest) ?? [];
      return name !== undefined && value !== undefined ? { kind: "header", name, value } : null;
    }
    default:
      return null;
  }
}

/** Throws FILE_UNREADABLE, or USAGE when the file has none of the forms. */
export async function readAuthFile(path: string): Promise<Exclude<Auth, { kind: "none" }>> {
  const auth = parseAuth(await readSmallFile(path, "key file"));
  if (auth !== null) return auth;
  throw new KeeperError("USAGE", `The key file ${shown(path)} is not written as we need it.`, {
    hint: `It has one line, in one of these forms:\n  ${AUTH_FILE_FORMS.join("\n  ")}`,
  });
}
