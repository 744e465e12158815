/** What the help says of `redeploy`, and the flags people type for it. */
import { Option, type Command } from "commander";
import { addPassphraseFile, addRender, addSource, dimension, valueOption } from "./flags.ts";

export const redeployTexts = {
  summary: "redeploy a site at Render without losing anybody",
  usage: "--url URL --out DIR --service ID|NAME [options]",
  more: `
Backs up and reads the backup back, sets USER_BACKUP_DATA at Render where your site may use it, looks for new accounts
once more, and has Render deploy what it built last. While Render deploys, whoever signs up is backed up; after the wipe
everyone who is missing is brought back, also those who signed up meanwhile. Your site is read again before it says done.
Whoever signs up in the last seconds before the wipe cannot be seen: we look every second.

Until Render is asked, Ctrl+C stops everything and nothing was deployed. Afterwards the deploy goes on without us:
--resume follows it to its end, also after this program was closed, and never deploys. It needs no --service.
A redeploy that was begun and not finished is finished first, and nothing is deployed anew.
Without a terminal nothing is asked: say --yes. With a passphrase, new backups are locked.

Exit code 3 means that somebody is missing or something else needs a look, 10 that there was nothing to resume.

Examples:
  account-keeper redeploy --url https://my-database.onrender.com --out backups --service marlow-bakery
  account-keeper redeploy --url https://my-database.onrender.com --out backups --resume`,
  add: (command: Command): void => {
    addSource(command, ["--url"]);
    command.addOption(valueOption("--out <DIR>", "folder for the backups; made when it is not there").makeOptionMandatory());
    addRender(command);
    command.addOption(new Option("--resume", "finish a redeploy that was begun; deploys nothing"));
    command.option("--dimension <N>", "length of your site's search vectors; needed only when a restore asks for it", dimension);
    command.option("--yes", "do it without being asked");
    addPassphraseFile(command);
  },
} as const;
