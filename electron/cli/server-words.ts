/** What a server refused, in the words of the command line: there is no window here to copy details from. */
import { KeeperError } from "../../shared/errors.ts";
import { RequestFailure } from "../engine/chroma/classify.ts";
import { namingKeys } from "./refused-key.ts";
import type { ChosenSource } from "./source-options.ts";

/** The same failure; with the server's own reason, where it gave one. */
export function withReason<T>(error: T): T | KeeperError {
  if (!(error instanceof RequestFailure) || error.said === undefined) return error;
  return new KeeperError(error.code, error.message, { hint: `The server says: ${error.said}. Tell that to whoever built your site.`, cause: error });
}

/** For what goes on when a server refuses something: the ways to give another key, and the server's reason. */
export function inCliWords(source: ChosenSource["source"]): (error: KeeperError) => KeeperError {
  return (error) => withReason(namingKeys(source)(error));
}
