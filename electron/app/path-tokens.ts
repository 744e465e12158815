/** Words that stand for files and folders the owner picked. The window never names a path, so it can never make one up. */
import { randomBytes } from "node:crypto";
import { KeeperError } from "../../shared/errors.ts";
import type { DialogWhat } from "./ports.ts";

export interface PathTokens {
  /** For one use only: what was picked as a place for an export opens no data folder. */
  give(path: string, what: DialogWhat | "browse"): string;
  /** Throws TOKEN_UNKNOWN: made up, from an earlier start, or given for something else. */
  pathOf(token: string, what: DialogWhat | "browse"): string;
}

/** Nobody picks more in one go; the oldest are forgotten. */
const MAX_TOKENS = 10_000;

export function createPathTokens(): PathTokens {
  const given = new Map<string, { path: string; what: DialogWhat | "browse" }>();
  return {
    give(path, what) {
      const token = `path_${randomBytes(16).toString("base64url")}`;
      given.set(token, { path, what });
      const [oldest] = given.keys();
      if (given.size > MAX_TOKENS && oldest !== undefined) given.delete(oldest);
      return token;
    },
    pathOf(token, what) {
      const found = given.get(token);
      // What was found by browsing may be used for anything that is picked: the person saw the very place.
      if (found !== undefined && (found.what === what || found.what === "browse")) return found.path;
      throw new KeeperError("TOKEN_UNKNOWN", "This file or folder was not picked here.", { hint: "Pick it again." });
    },
  };
}
