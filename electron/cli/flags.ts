/** Flags that several commands share, and how the value of a flag is read. */
import { homedir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { ANY_SOURCE, DEFAULT_COLLECTION } from "./source-options.ts";
import { grouped } from "../../shared/grouped.ts";

/**
 * An option with a value. A value that looks like the next flag is refused: `--out --encrypt` would otherwise write an
 * open backup into a folder of that name.
 */
export function valueOption(flags: string, description: string): Option {
  const isPath = /\b(?:DIR|FILE|PLACE)\b/.test(flags);
  return new Option(flags, description).argParser((value: string) => (isPath ? withHome(requireValue(value)) : requireValue(value)));
}

function requireValue(value: string): string {
  if (value.trim() === "" || value.startsWith("--")) throw new InvalidArgumentError("");
  return value;
}

/** A shell leaves ~ as it is behind an = and in quotes, and Windows' everywhere: backups would go to a folder of that name. */
export function withHome(value: string): string {
  return /^~[/\\]/.test(value) ? join(homedir(), value.slice(2)) : value;
}

/** `offered`: what this command can work on. The others are understood, to be refused with a reason, and not shown. */
export function addSource(command: Command, offered = ANY_SOURCE): void {
  const group = offered.length === 1 ? "Where the accounts are:" : `Where the accounts are (one of the first ${offered.length === 2 ? "two" : "three"}):`;
  const options = [
    valueOption("--url <URL>", "address of a ChromaDB server; also CHROMA_URL, or CHROMA_HOST"),
    valueOption("--folder <DIR>", "data folder of a ChromaDB that runs inside your site"),
    new Option("--cloud", "Chroma Cloud; its key comes from CHROMA_API_KEY"),
    valueOption("--collection <NAME>", `collection that holds the accounts; also CHROMA_COLLECTION (default: ${DEFAULT_COLLECTION})`),
    valueOption("--tenant <NAME>", "for servers with several; also CHROMA_TENANT"),
    valueOption("--database <NAME>", "for servers with several; also CHROMA_DATABASE"),
    valueOption("--auth-file <FILE>", "file with the key the server asks for (see account-keeper --help); also CHROMA_TOKEN or CHROMA_API_KEY"),
    valueOption("--ca-file <FILE>", "file with the certificate of a server that made its own (PEM)"),
  ];
  for (const option of options) {
    const isHidden = ANY_SOURCE.some((flag) => flag === option.long && !offered.includes(flag));
    command.addOption(option.helpGroup(group).hideHelp(isHidden));
  }
}

const RENDER_GROUP = "The service at Render:";

export function addRender(command: Command): void {
  command.addOption(valueOption("--service <ID|NAME>", "the service, by its id (srv-…) or its exact name; also RENDER_SERVICE").helpGroup(RENDER_GROUP));
  command.addOption(valueOption("--render-key-file <FILE>", "file whose first line is the key for Render; also RENDER_API_KEY").helpGroup(RENDER_GROUP));
}

export function addPassphraseFile(command: Command): void {
  command.addOption(valueOption("--passphrase-file <FILE>", "file whose first line is the passphrase; also ACCOUNT_KEEPER_PASSPHRASE"));
}

/** "a,b" and a flag given twice both add up; naming nobody is a mistake, not everybody. An id that holds a comma cannot be named. */
export function collectIds(value: string, earlier: readonly string[] = []): string[] {
  const ids = requireValue(value).split(",").map((id) => id.trim()).filter((id) => id !== "");
  if (ids.length === 0) throw new InvalidArgumentError("");
  return [...earlier, ...ids];
}

/** A parser of whole numbers from 1 to `max`. */
function wholeNumberUpTo(max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1 || number > max) throw new InvalidArgumentError(`It needs a whole number from 1 to ${grouped(max)}.`);
    return number;
  };
}

/** Longer than any search vector; a wrong one of millions would fill memory and disk. */
export const dimension = wholeNumberUpTo(65_536);
/** A day: whoever looks less often need not watch. */
export const seconds = wholeNumberUpTo(86_400);
export const portNumber = wholeNumberUpTo(65_535);
