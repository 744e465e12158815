/** What the help says of each command, and the flags people type for it. */
import { Argument, Option, type Command } from "commander";
import type { CommandName } from "./command-options.ts";
import { addPassphraseFile, addRender, addSource, collectIds, dimension, portNumber, seconds, valueOption } from "./flags.ts";
import { redeployTexts } from "./redeploy-texts.ts";

interface CommandTexts {
  readonly summary: string;
  readonly usage: string;
  /** What it does, in full sentences, and lines to copy. */
  readonly more: string;
  readonly add: (command: Command) => void;
}

const SOURCE_USAGE = "(--url URL | --folder DIR | --cloud)";

export const commandTexts = {
  backup: {
    summary: "write a backup of all accounts",
    usage: `${SOURCE_USAGE} --out DIR [options]`,
    more: `
Reads every account, writes one file (user_backup_YYYYMMDD.json) into the folder, and reads it back before it says done.
When nothing has changed since the last backup, no new file is made.
A backup that lacks somebody of the last one never replaces it: it is kept apart in the folder short/, and a restore
goes on using the last one, unless you say --accept-fewer.
Plain backups hold password hashes: keep the folder private, or use --encrypt.

Examples:
  account-keeper backup --url https://my-database.onrender.com --out backups
  account-keeper backup --folder ./chroma_db --out backups --encrypt`,
    add: (command) => {
      addSource(command);
      command.addOption(valueOption("--out <DIR>", "folder for the backups; made when it is not there").makeOptionMandatory());
      command.option("--encrypt", "lock the backup with a passphrase, in the age format");
      command.option("--accept-fewer", "it is right that there are fewer accounts than in the last backup");
      addPassphraseFile(command);
    },
  },
  restore: {
    summary: "bring accounts back",
    usage: `${SOURCE_USAGE} --from FILE|DIR|variable|- [options]`,
    more: `
Compares first, asks, makes a safety copy of what is there, writes, and reads back. Never deletes an account.
Somebody who is there already, by id or by e-mail address, is not added again.
Run it again after an interruption: nobody is added twice.

--from takes a backup file, a folder of backups (its newest good one), the word variable
(what USER_BACKUP_DATA holds), or - for standard input.
The safety copy goes to the folder safety/ beside the backup.
--undo takes the last restore back: with the same --from, it puts back from that safety copy what the restore changed.
Whoever the restore added stays. An undo that was interrupted is finished with --from SAFETY-COPY --policy overwrite.
Without a terminal nothing is asked: say --yes.

Examples:
  account-keeper restore --url http://localhost:8000 --from backups --dry-run
  account-keeper restore --url http://localhost:8000 --from backups --yes
  account-keeper restore --folder ./chroma_db --from variable --yes
  account-keeper restore --url http://localhost:8000 --from backups --undo
  account-keeper restore --on-startup --folder ./chroma_db`,
    add: (command) => {
      addSource(command);
      command.addOption(valueOption("--from <PLACE>", "backup to restore from: FILE, DIR, variable or -").makeOptionMandatory());
      const policy = new Option("--policy <POLICY>", "add-missing leaves everyone who is there as they are; overwrite also puts back what the backup holds of them");
      command.addOption(policy.choices(["add-missing", "overwrite"]).default("add-missing"));
      command.option("--only <ID,…>", "bring back only the accounts with these ids", collectIds);
      command.option("--dimension <N>", "length of your site's search vectors; needed only when a restore asks for it", dimension);
      command.addOption(new Option("--undo", "take the last restore back, from its safety copy").conflicts(["policy", "only", "dimension"]));
      // A start command has nobody to name a place and nobody to ask.
      const startup = new Option("--on-startup", "for a start command: nothing when there are accounts, else --from (otherwise the folder backups), else USER_BACKUP_DATA; asks nothing");
      command.addOption(startup.conflicts(["undo", "policy", "only", "dryRun"]).implies({ from: "backups" }));
      command.option("--dry-run", "say what would happen and change nothing");
      command.option("--yes", "do it without being asked");
      addPassphraseFile(command);
    },
  },
  diff: {
    summary: "say what has changed since a backup",
    usage: "--from FILE|DIR|variable|- (--url URL | --folder DIR | --cloud | --with FILE|DIR|variable|-) [options]",
    more: `
Compares a backup with your site as it is now, or with another backup: who is new, who is missing, and which fields of
whom have changed. Shows ids and names of fields; no password, e-mail address or other value. Changes nothing.
Where one of the two is the variable or another program's file, only what such a file knows is compared.

Exit code 0 means that nothing has changed, 3 that something has.

Examples:
  account-keeper diff --from backups --url http://localhost:8000
  account-keeper diff --from variable --with backups/user_backup_20261119.json`,
    add: (command) => {
      addSource(command);
      command.addOption(valueOption("--from <PLACE>", "the backup to begin with: FILE, DIR (its newest good one), variable or -").makeOptionMandatory());
      command.addOption(valueOption("--with <PLACE>", "compare it with this backup instead of the site").conflicts(["url", "folder", "cloud"]));
      addPassphraseFile(command);
    },
  },
  variable: {
    summary: "print USER_BACKUP_DATA for a site of up to 10 accounts",
    usage: "(--url URL | --folder DIR | --cloud | --from FILE) [--push | --check] [options]",
    more: `
Prints the value alone on standard output, so that it can be piped or pasted into your host's dashboard as
USER_BACKUP_DATA. What it says about the value goes to standard error.
It holds password hashes: keep it as you would keep a key.

--push sets it at Render instead, reads it back, and prints who is in it by number, never the value. Render deploys
nothing by that. It sets nothing where nobody whom Render's variable holds is on your site: that looks like a wipe.
--check compares what Render holds with who is on your site, and changes nothing: exit code 0 means that
it is up to date, 3 that it is not.

Examples:
  account-keeper variable --url http://localhost:8000 > value.txt
  account-keeper variable --from backups/user_backup_20261119.json --dotenv >> .env
  account-keeper variable --url https://my-database.onrender.com --check --service marlow-bakery`,
    add: (command) => {
      addSource(command);
      command.addOption(valueOption("--from <FILE>", "make it from a backup (file, folder or -) instead of the site").conflicts(["url", "folder", "cloud"]));
      command.addOption(new Option("--name-value", "print USER_BACKUP_DATA=value").conflicts("dotenv"));
      command.option("--dotenv", "print a line for an .env file");
      const printing = ["from", "nameValue", "dotenv", "passphraseFile"];
      command.addOption(new Option("--push", "set it at Render instead of printing it").conflicts([...printing, "check"]));
      command.addOption(new Option("--check", "say whether what Render holds is up to date").conflicts(printing));
      command.addOption(valueOption("--out <DIR>", "with --push: folder of backups, in whose history it is noted"));
      addRender(command);
      addPassphraseFile(command);
    },
  },
  redeploy: redeployTexts,
  inspect: {
    summary: "look into a backup or a pasted variable",
    usage: "FILE|- [options]",
    more: `
Says what it holds, whether it is whole, and what is wrong with it. Takes backups of Account Keeper, the site's own
backup files, lists of accounts, locked backups, and the text of USER_BACKUP_DATA, also a cut or mangled one.
Shows no password hash and no e-mail address, and changes nothing.
A variable is better piped in than typed: command lines are seen by other programs.

Examples:
  account-keeper inspect backups/user_backup_20261119.json
  printenv USER_BACKUP_DATA | account-keeper inspect -`,
    add: (command) => {
      command.addArgument(new Argument("<FILE>", "backup or text file, or - for standard input"));
      addPassphraseFile(command);
    },
  },
  verify: {
    summary: "check that backups are whole",
    usage: "FILE|DIR [options]",
    more: `
Reads every byte and compares counts and checksums. Exit code 0 means that everything is whole; 3 that one of several
backups in a folder is not.

Examples:
  account-keeper verify backups
  account-keeper verify backups/user_backup_20261119.json`,
    add: (command) => {
      command.addArgument(new Argument("<PLACE>", "backup file, or folder of backups"));
      addPassphraseFile(command);
    },
  },
  watch: {
    summary: "keep a site's accounts safe all the time",
    usage: `(--url URL | --cloud) --out DIR [options]`,
    more: `
Looks at your site every 30 seconds. Who signs up is backed up; after a wipe everyone is brought back by itself, and who
signed up meanwhile stays. Accounts that somebody deleted are never brought back unasked: you are told, and decide.
Old backups are removed as "account-keeper prune" does it, and the newest is rehearsed every week.
What happens is said here and kept in the folder. Ends with Ctrl+C. With a passphrase, new backups are locked.

Example:
  account-keeper watch --url https://my-database.onrender.com --out backups`,
    add: (command) => {
      addSource(command, ["--url", "--cloud"]);
      command.addOption(valueOption("--out <DIR>", "folder for the backups").makeOptionMandatory());
      command.addOption(new Option("--interval <SECONDS>", "time between two looks").argParser(seconds).default(30));
      command.option("--no-restore", "do not bring anybody back after a wipe, only say so");
      command.option("--no-rehearse", "do not rehearse a restore every week");
      addPassphraseFile(command);
    },
  },
  prune: {
    summary: "remove old backups",
    usage: "DIR [options]",
    more: `
Keeps all backups of the last 7 days, then one a day for 30 days, then one a week for a year, and always the newest and
the fullest. Removes nothing before the newest was read from first byte to last, and nothing that is damaged, locked,
newer than we can read or another program's.

Examples:
  account-keeper prune backups --dry-run
  account-keeper prune backups --yes`,
    add: (command) => {
      command.addArgument(new Argument("<DIR>", "folder of backups"));
      command.option("--dry-run", "say what would be removed and remove nothing");
      command.option("--yes", "do it without being asked");
      addPassphraseFile(command);
    },
  },
  drill: {
    summary: "rehearse a restore: would everybody come back and be able to sign in?",
    usage: "FILE|DIR|variable|- [options]",
    more: `
Restores the backup into a ChromaDB of its own, which is thrown away afterwards, reads every account back, compares it,
and checks that its owner could sign in: id, e-mail address, password. Your site is not touched.
DIR means its newest good backup, variable what USER_BACKUP_DATA holds, - standard input.
list shows which backups were rehearsed. Exit code 0 means that everybody came back and can sign in; 3 that somebody
could not.

Examples:
  account-keeper drill backups
  account-keeper drill backups/user_backup_20261119.json`,
    add: (command) => {
      command.addArgument(new Argument("<PLACE>", "backup to rehearse: FILE, DIR, variable or -"));
      addPassphraseFile(command);
    },
  },
  list: {
    summary: "list the backups in a folder",
    usage: "DIR [options]",
    more: `
Newest first: when it was made, how many accounts, its size, its name. short/ holds backups with fewer accounts than the
one before, safety/ what was on a site before a restore. Use verify to check that they are whole.

Example:
  account-keeper list backups`,
    add: (command) => {
      command.addArgument(new Argument("<DIR>", "folder of backups"));
      addPassphraseFile(command);
    },
  },
  status: {
    summary: "say whether a site answers, how many accounts it has, and whether it may use the variable",
    usage: `${SOURCE_USAGE} [options]`,
    more: `
Example:
  account-keeper status --url https://my-database.onrender.com`,
    add: addSource,
  },
  demo: {
    summary: "see it all happen with made-up accounts: backup, wipe, restore",
    usage: "[options]",
    more: `
Needs nothing and touches nothing of yours.`,
    add: () => undefined,
  },
  serve: {
    summary: "open the window of Account Keeper in a browser",
    usage: "[options]",
    more: `
Prints a link that lets one browser in, once, and serves the window until Ctrl+C. Only programs on this computer can
reach it. Enter prints another link, for another browser.

On a server, take a fixed port and bring it to your own computer under the same number:
  ssh -L 8321:127.0.0.1:8321 you@server

Examples:
  account-keeper serve
  account-keeper serve --port 8321 --no-open`,
    add: (command) => {
      command.addOption(new Option("--port <N>", "port on 127.0.0.1 (default: one that is free)").argParser(portNumber));
      command.addOption(valueOption("--data-dir <DIR>", "folder for sites and settings (default: the one of the desktop app)"));
      command.option("--open", "open the browser, though nobody seems to be at a terminal");
      command.option("--no-open", "only print the link");
    },
  },
} as const satisfies Record<CommandName, CommandTexts>;
