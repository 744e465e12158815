/** The one gate between a window and the app: request parsed, handler run, response parsed, whatever went wrong turned into a value. */
import { contract, type CommandRequest, type CommandResponse } from "../../shared/contract.ts";
import type { CommandName } from "../../shared/channels.ts";
import { isKeeperError, KeeperError, toErrorValue, type ErrorValue } from "../../shared/errors.ts";
import type { KeeperApp, Log } from "./keeper-app.ts";

/** A command without a handler does not compile. */
export type Handlers = { readonly [C in CommandName]: (request: CommandRequest<C>) => Promise<CommandResponse<C>> };

export function createGate(handlers: Handlers, log: Log): KeeperApp["call"] {
  return async (command, request) => {
    try {
      if (!isCommand(command)) throw new KeeperError("UNKNOWN_COMMAND", "This window asked for something we do not know.", { hint: "Close it and open it again." });
      return { ok: true, value: await run(command, request) };
    } catch (error) {
      return { ok: false, error: asLoggedValue(error, command, log) };
    }
  };

  async function run(command: CommandName, request: unknown): Promise<unknown> {
    const parsed = contract[command].request.safeParse(request);
    if (!parsed.success) throw badRequest(parsed.error.issues.map(({ path, code }) => `${path.join(".")}: ${code}`));
    // The schema of a command and its handler belong together by the type of `Handlers`; TypeScript cannot follow that through a union.
    const handler = handlers[command] as (request: unknown) => Promise<unknown>;
    return contract[command].response.parse(await handler(parsed.data));
  }
}

function isCommand(command: string): command is CommandName {
  return Object.hasOwn(contract, command);
}

/** `problems` name members and kinds of faults, never values: a request may carry a key. */
export function badRequest(problems: readonly string[]): KeeperError {
  return new KeeperError("BAD_REQUEST", "This window asked in a way we do not understand.", { hint: "Close it and open it again.", cause: new Error(problems.slice(0, 5).join("; ")) });
}

/** For the window; what is technical about it goes to the log, which `ref` finds again. */
export function asLoggedValue(error: unknown, what: string, log: Log): ErrorValue {
  const value = toErrorValue(error);
  if (isKeeperError(error) && error.code === "CANCELLED") return value;
  return { ...value, ref: log.error(`${what.slice(0, 80)}: ${value.code}`, error) };
}
