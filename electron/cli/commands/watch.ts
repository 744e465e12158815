/** `account-keeper watch`: keeps looking until Ctrl+C, and says what happens. */
import { KeeperError } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import type { Activity } from "../../engine/activity/activity.ts";
import { watchSite } from "../../app/watch/watch-site.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown } from "../output.ts";
import { givenPassphrase } from "../passphrase.ts";
import { inCliWords } from "../server-words.ts";
import { chooseSource } from "../source-options.ts";
import { dateAndTime, shownIds } from "../words.ts";

/** Exit code 130 when it was told to stop, 11 when another Account Keeper watches this folder. */
export async function watch(context: CliContext, options: OptionsOf["watch"]): Promise<ExitCode> {
  const { output, signal } = context;
  const { source, collection } = await chooseSource(options, context.env, ["--url", "--cloud"]);
  if (source.kind === "folder") {
    throw new KeeperError("USAGE", "A data folder cannot be watched: it would be copied at every look.", { hint: "Name your site's ChromaDB server with --url, or back the folder up with account-keeper backup." });
  }
  const passphrase = await givenPassphrase(context, options.passphraseFile);
  await watchSite(
    { source, collectionName: collection, folder: options.out, passphrase },
    {
      signal,
      intervalMs: options.interval * 1_000,
      restoreAfterWipe: options.restore,
      rehearse: options.rehearse,
      reword: inCliWords(source),
      onWaiting: () => output.note("Another Account Keeper is watching this site. We wait a moment for it to end."),
      onWatching: (site) => {
        const often = options.interval === 1 ? "every second" : `every ${grouped(options.interval)} seconds`;
        output.say(`Watching ${shown(site)}, ${often}. Ctrl+C ends it.`);
        output.say(`Backups go to ${shown(options.out)}. ${options.restore ? "After a wipe we bring everyone back by ourselves." : "After a wipe we only say so."}`);
      },
      onActivity: (activity) => {
        context.progress.stop();
        say(context, activity);
      },
    },
  );
  output.say("Stopped watching.");
  output.result({ outcome: "stopped" });
  return exitCodes.cancelled;
}

/** With --json one object a line, as it happens. */
function say({ output }: CliContext, activity: Activity): void {
  const { at, message, hint, line, ids } = activity;
  output.result({ activity });
  output.say(`${dateAndTime(new Date(at))}  ${shown(message)}`);
  if (line !== undefined) output.say(`  ${shown(line)}`);
  if (ids !== undefined) output.say(`  Who: ${shownIds(ids)}`);
  if (hint !== undefined) output.say(`  ${shown(hint)}`);
}
