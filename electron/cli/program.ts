/** Puts the command line together: parses, hands over to one command's body, and turns every ending into an exit code. */
import { Command, CommanderError } from "commander";
import { isKeeperError, KeeperError, type ErrorCode } from "../../shared/errors.ts";
import { throwIfCancelled } from "../../shared/progress.ts";
import { BACKUP_FAILED, RESTORE_FAILED } from "../engine/log-lines.ts";
import { VERSION } from "../engine/program.ts";
import { AUTH_FILE_FORMS } from "./auth-file.ts";
import { optionSchemas, type CommandName, type OptionsOf } from "./command-options.ts";
import { commandTexts } from "./command-texts.ts";
import { createContext, type CliContext, type CliHost } from "./context.ts";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-codes.ts";
import { withHome } from "./flags.ts";
import { createOutput } from "./output.ts";
import { withReason } from "./server-words.ts";

/** The bodies, by command. A command without a body is not offered. */
export type CommandBodies = { readonly [Name in CommandName]?: (context: CliContext, options: OptionsOf[Name]) => Promise<ExitCode> };

const COMMAND_NAMES: readonly CommandName[] = ["backup", "restore", "diff", "watch", "redeploy", "variable", "inspect", "verify", "drill", "list", "prune", "status", "demo", "serve"];

const HELP = `
Start here:
  account-keeper demo
  account-keeper serve
  account-keeper backup --url http://localhost:8000 --out backups
  account-keeper restore --url http://localhost:8000 --from backups

Environment:
  CHROMA_URL                  address of the server; or CHROMA_HOST, CHROMA_PORT, CHROMA_SSL
  CHROMA_TENANT, CHROMA_DATABASE, CHROMA_COLLECTION
  CHROMA_TOKEN                key for a server, sent as Authorization: Bearer
  CHROMA_API_KEY              key for Chroma Cloud, or for a server that asks for X-Chroma-Token
  RENDER_API_KEY              key for Render: redeploy, variable --push and --check
  RENDER_SERVICE              the service there, by id or name
  ACCOUNT_KEEPER_PASSPHRASE   opens and locks backups
  USER_BACKUP_DATA            the variable, for restore --from variable
A flag wins over the environment.

A key file (--auth-file) has one line, in one of these forms:
${AUTH_FILE_FORMS.map((form) => `  ${form}`).join("\n")}

Exit codes:
    0  done
    1  failed: the message says why and what to do next
    2  wrong usage, or a yes is needed and nobody can be asked
    3  done, and something needs a look
   10  nothing to work with: no backup, no variable, no collection, or no accounts yet
   11  another Account Keeper is at work
   12  passphrase missing or wrong
  130  stopped, or the answer was no`;

/**
 * Runs one command line (without node and script name) to its end. Never throws; ends no process. Stops cleanly when
 * `host.signal` is aborted.
 */
export async function runCli(argv: readonly string[], host: CliHost, bodies: CommandBodies): Promise<ExitCode> {
  // Needed before parsing: a mistake on the command line is told in the same form as everything else.
  const json = argv.includes("--json");
  const ending: Ending = { exitCode: exitCodes.done };
  let helpOnError = "";
  const program = createProgram(host, bodies, ending, (text) => {
    helpOnError += text;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return ending.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.done;
      // `account-keeper` alone: the help is the answer, though nothing was done. After `help` it means that there is no such command.
      if (thrown.code === "commander.help" && argv.length === 0) {
        host.stderr.write(helpOnError);
        return exitCodes.usage;
      }
    }
    const failure: unknown = thrown instanceof CommanderError ? usageError(thrown, argv) : thrown;
    const error = createOutput({ ...host, json }).fail(withReason(failure), failurePrefix(argv, failure));
    return exitCodeOf(error.code);
  }
}

/** Endings that are no failure: it never began, it was stopped, or there was nothing to do it with. */
const NO_FAILURE: readonly ErrorCode[] = ["USAGE", "CONFIRMATION_NEEDED", "CANCELLED", "NO_ACCOUNTS_YET"];

/** The old system's own words before a failed backup or restore; it knew no undo. */
function failurePrefix([command, ...words]: readonly string[], failure: unknown): string {
  if ((isKeeperError(failure) && NO_FAILURE.includes(failure.code)) || words.includes("--undo")) return "";
  return command === "backup" ? BACKUP_FAILED : command === "restore" ? RESTORE_FAILED : "";
}

interface Ending {
  exitCode: ExitCode;
}

function createProgram(host: CliHost, bodies: CommandBodies, ending: Ending, writeErr: (text: string) => void): Command {
  const program = new Command("account-keeper")
    .description("Backs up the accounts of a site that keeps them in ChromaDB, and brings them back after a redeploy wiped its disk.")
    .version(VERSION, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand("help [COMMAND]", "print the help of a command")
    .addHelpText("after", HELP)
    .configureHelp({ subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map((argument) => argument.name())].join(" ") })
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr,
      // The sentence comes from `usageError`.
      outputError: () => undefined,
    });
  for (const name of COMMAND_NAMES) register(program, name, bodies[name], host, ending);
  return program;
}

function register<Name extends CommandName>(program: Command, name: Name, body: CommandBodies[Name], host: CliHost, ending: Ending): void {
  if (body === undefined) return;
  const { summary, usage, more, add } = commandTexts[name];
  const command = program.command(name).summary(summary).description(sentence(summary)).usage(usage);
  add(command);
  command.option("--json", "answer with one JSON object").addHelpText("after", more);
  command.action(async () => {
    const [target] = command.args;
    const options = parseOptions(name, { ...command.opts(), ...(target === undefined ? {} : { target: withHome(target) }) });
    const context = createContext(host, { json: options.json });
    try {
      throwIfCancelled(host.signal);
      ending.exitCode = await body(context, options);
    } finally {
      context.progress.stop();
    }
  });
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${summary.endsWith("?") ? "" : "."}`;
}

function parseOptions<Name extends CommandName>(name: Name, raw: unknown): OptionsOf[Name] {
  const schemas: { readonly [N in CommandName]: { parse: (raw: unknown) => OptionsOf[N] } } = optionSchemas;
  return schemas[name].parse(raw);
}

/**
 * A mistake on the command line in our words. Of what was typed only names of flags are repeated: a value may be a key
 * that was meant for another place.
 */
function usageError({ code, message }: CommanderError, argv: readonly string[]): KeeperError {
  const [flag = "The option", otherFlag = "another option"] = Array.from(message.matchAll(/'(--?[A-Za-z][\w-]*)/g), (match) => match[1]);
  const command = COMMAND_NAMES.find((name) => name === argv[0]);
  const hint = command === undefined ? "See account-keeper --help." : `See account-keeper ${command} --help.`;
  const usage = (sentence: string): KeeperError => new KeeperError("USAGE", sentence, { hint });
  if (argv.every((word) => word === "--json")) return usage("The command is missing.");
  switch (code) {
    case "commander.unknownOption":
      return usage(`There is no option ${flag} here.`);
    case "commander.unknownCommand":
    case "commander.help":
      return usage("There is no such command.");
    case "commander.missingArgument":
      return usage("The file or folder is missing.");
    case "commander.excessArguments":
      return usage("There is one word too many.");
    case "commander.optionMissingArgument":
      return usage(`${flag} needs a value.`);
    case "commander.missingMandatoryOptionValue":
      return usage(`${flag} is missing.`);
    case "commander.conflictingOption":
      return usage(`${flag} does not go together with ${otherFlag}.`);
    case "commander.invalidArgument": {
      const choices = /Allowed choices are ([\w, -]+)\.$/.exec(message)?.[1];
      const range = /whole number from 1 to [\d,]+/.exec(message)?.[0];
      if (range !== undefined) return usage(`${flag} needs a ${range}.`);
      return usage(choices === undefined ? `${flag} needs a value.` : `${flag} takes only ${choices.replace(", ", " or ")}.`);
    }
    default:
      return usage("We do not understand this command line.");
  }
}
