/** Words that stand for files and folders the owner picked. The window never names a path, so it can never make one up. */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { KeeperError } from "../../shared/errors.ts";
import type { DialogWhat } from "./ports.ts";

export interface PathTokens {
  /**
   * For one use only: what was picked as a place for an export opens no data folder. `shown` is the owner's name for it
   * where that is not the file's: a file that was handed over is kept under a name of ours.
   */
  give(path: string, what: DialogWhat | "browse", shown?: string): string;
  /** Throws TOKEN_UNKNOWN: made up, from an earlier start, or given for something else. */
  pathOf(token: string, what: DialogWhat | "browse"): string;
  /** What the owner calls it: a name, never a path. Throws TOKEN_UNKNOWN. */
  nameOf(token: string, what: DialogWhat | "browse"): string;
}

interface Given {
  readonly path: string;
  readonly what: DialogWhat | "browse";
  readonly shown: string;
}

/** Nobody picks more in one go; the oldest are forgotten. */
const MAX_TOKENS = 10_000;

export function createPathTokens(): PathTokens {
  const given = new Map<string, Given>();

  function find(token: string, what: DialogWhat | "browse"): Given {
    const found = given.get(token);
    // What was found by browsing may be used for anything that is picked: the person saw the very place.
    if (found !== undefined && (found.what === what || found.what === "browse")) return found;
    throw new KeeperError("TOKEN_UNKNOWN", "This file or folder was not picked here.", { hint: "Pick it again." });
  }

  return {
    give(path, what, shown = basename(path)) {
      const token = `path_${randomBytes(16).toString("base64url")}`;
      given.set(token, { path, what, shown });
      const [oldest] = given.keys();
      if (given.size > MAX_TOKENS && oldest !== undefined) given.delete(oldest);
      return token;
    },
    pathOf: (token, what) => find(token, what).path,
    nameOf: (token, what) => find(token, what).shown,
  };
}
