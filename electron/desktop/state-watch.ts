/** What the desktop itself has to know of the engine: sites, settings, what runs, whether it is there. Read once, then kept by its events. */
import { contract, type AppEvent, type CommandInput, type CommandResponse } from "../../shared/contract.ts";
import type { CommandName } from "../../shared/channels.ts";
import type { ErrorValue, Result } from "../../shared/errors.ts";
import type { Log } from "../app/keeper-app.ts";
import type { Engine } from "./link/engine.ts";
import { initialState, reduce, reduceListed, withoutEngine, type DesktopState, type ListedEntry } from "./site-condition.ts";

export interface StateWatch {
  current(): DesktopState;
  /** Called after each change, with the state before it. */
  onChange(listener: (before: DesktopState) => void): void;
}

/** As many as tell how each of some dozens of sites stands. */
const ACTIVITIES = 200;
/** An app that could not be opened may be later: another Account Keeper on the same folder may end. */
const ASK_AGAIN_MS = 15_000;

export function setupStateWatch(engine: Engine, log: Log): StateWatch {
  const listeners: ((before: DesktopState) => void)[] = [];
  let state = initialState;

  function change(next: DesktopState): void {
    if (next === state) return;
    const before = state;
    state = next;
    for (const listener of listeners) listener(before);
  }

  async function read(): Promise<void> {
    const heard: AppEvent[] = [];
    const stopHearing = engine.onEvent((event) => void heard.push(event));
    const [sites, settings, operations, activities] = await Promise.all([
      ask(engine, "site.list", {}),
      ask(engine, "settings.get", {}),
      ask(engine, "operation.list", {}),
      ask(engine, "activity.list", { limit: ACTIVITIES }),
    ]).finally(stopHearing);
    const now = new Date().toISOString();
    // What ran before a restart of the engine runs no more.
    let next: DesktopState = { ...state, running: new Map() };
    if (sites.ok) next = reduce(next, { type: "sites", sites: sites.value.sites });
    else if (isDown(sites.error)) next = withoutEngine(next, sites.error);
    if (settings.ok) next = reduce(next, { type: "settings", settings: settings.value });
    // As it happened, which their times alone do not tell.
    const oldestFirst = activities.ok ? activities.value.activities.toReversed() : [];
    const entries: ListedEntry[] = [...oldestFirst.map((activity) => ({ type: "activity" as const, activity })), ...(operations.ok ? operations.value.operations.map((operation) => ({ type: "operation" as const, operation })) : [])];
    for (const entry of entries) next = reduceListed(next, entry, now);
    // The lists may be from before these.
    for (const event of heard) next = reduce(next, event);
    change(next);
    if (!sites.ok && isDown(sites.error) && sites.error.retryable) setTimeout(readAll, ASK_AGAIN_MS).unref();
  }

  const readAll = (): void => void read().catch((error: unknown) => log.error("What the engine knows could not be read.", error));
  engine.onEvent((event) => change(reduce(state, event)));
  engine.onRestart(readAll);
  readAll();
  return { current: () => state, onChange: (listener) => void listeners.push(listener) };
}

/** One that stopped and is started again is read again then; one that is cancelled closes. */
function isDown({ code, retryable }: ErrorValue): boolean {
  return code !== "CANCELLED" && !(code === "ENGINE_STOPPED" && retryable);
}

/** An error is one the engine has logged. */
async function ask<C extends CommandName>(engine: Engine, command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>> {
  const result = await engine.call(command, request);
  if (!result.ok) return result;
  return { ok: true, value: contract[command].response.parse(result.value) as CommandResponse<C> };
}
