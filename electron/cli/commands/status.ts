/** `account-keeper status`: does the site answer, how many accounts are there, may the variable be used. */
import { grouped } from "../../../shared/grouped.ts";
import { siteStatus } from "../../engine/operations/site-status.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { withSite } from "../site.ts";
import { countAccounts } from "../words.ts";

/** Exit code 10 when the collection is missing. */
export async function status(context: CliContext, options: OptionsOf["status"]): Promise<ExitCode> {
  const { output } = context;
  return await withSite(context, options, async (site) => {
    const found = await siteStatus(site, { signal: context.signal, onProgress: context.progress.onProgress });
    context.progress.stop();
    output.say(`${shown(site.site)} answers.`);
    if (found.hasCollection) output.say(found.accounts === 0 ? "There are no accounts yet." : `${countAccounts(found.accounts)} in the collection ${JSON.stringify(found.collectionName)}.`);
    else output.say(`There is no collection named ${JSON.stringify(found.collectionName)}.`);
    if (found.otherCollections.length > 0) output.say(`${found.hasCollection ? "Other collections" : "Collections"} there: ${namesOf(found.otherCollections)}.`);
    if (found.accounts > 0) output.say(`The variable: ${found.eligibility.message}${found.eligibility.eligible ? "" : ` ${found.eligibility.hint}`}`);
    output.result({
      site: site.site,
      version: found.version,
      collection: found.collectionName,
      collection_exists: found.hasCollection,
      accounts: found.accounts,
      eligibility: found.eligibility,
      other_collections: found.otherCollections,
    });
    return found.hasCollection ? exitCodes.done : exitCodes.nothingFound;
  });
}

const NAMES_SHOWN = 10;

function namesOf(collections: readonly string[]): string {
  const first = collections.slice(0, NAMES_SHOWN).map(shown).join(", ");
  return collections.length > NAMES_SHOWN ? `${first} and ${grouped(collections.length - NAMES_SHOWN)} more` : first;
}
