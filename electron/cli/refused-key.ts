/** A refused key in the words of the command line: there is no field here to enter another one in. */
import { KeeperError } from "../../shared/errors.ts";
import { parseAddress } from "../engine/chroma/address.ts";
import { RequestFailure } from "../engine/chroma/classify.ts";
import type { ChosenSource } from "./source-options.ts";

/** Runs `work` on the source. Throws what it throws. */
export async function tellingOfKeys<T>(source: ChosenSource["source"], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KeeperError ? namingKeys(source)(error) : error;
  }
}

/** The same failure; of a refused key, with the ways to give another one. */
export function namingKeys(source: ChosenSource["source"]): (error: KeeperError) => KeeperError {
  return (error) => {
    // What cannot even be sent as a key is told apart from what a server refuses.
    if (!(error instanceof RequestFailure) || error.code !== "KEY_REFUSED") return error;
    return new KeeperError("KEY_REFUSED", hasKey(source) ? error.message : "The server wants a key.", {
      hint: "Set CHROMA_TOKEN or CHROMA_API_KEY, or name a key file with --auth-file.",
      cause: error,
    });
  };
}

function hasKey(source: ChosenSource["source"]): boolean {
  return source.kind === "cloud" || (source.kind === "server" && (source.auth !== undefined || parseAddress(source.url).auth !== undefined));
}
