/** What a restore says of its report, whether somebody watches it or a start command runs it. */
import type { DimensionChoice } from "../../engine/restore/dimension.ts";
import type { Output } from "../output.ts";
import { countAccounts } from "../words.ts";

export function sayVectors(output: Output, standInVectors: number, { dimension, source }: DimensionChoice): void {
  if (standInVectors === 0) return;
  output.say(`${countAccounts(standInVectors)} ${standInVectors === 1 ? "comes without a search vector and gets a stand-in" : "come without search vectors and get stand-ins"} of length ${dimension}. Signing in does not need them.`);
  if (source === "assumed") output.say("Nothing here tells that length, so we take the usual one. If your site uses another, name it with --dimension: a wrong one stops new sign-ups.");
}
