/** What the desktop itself has to know of the engine: sites, settings, what runs. Read once, then kept by its events. */
import { contract, type CommandInput, type CommandResponse } from "../../shared/contract.ts";
import type { CommandName } from "../../shared/channels.ts";
import type { Log } from "../app/keeper-app.ts";
import type { Engine } from "./link/engine.ts";
import { initialState, reduce, type DesktopState } from "./site-condition.ts";

export interface StateWatch {
  current(): DesktopState;
  /** Called after each change, with the state before it. */
  onChange(listener: (before: DesktopState) => void): void;
}

/** As many as tell how each of some dozens of sites stands. */
const ACTIVITIES = 200;

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
    const [sites, settings, operations, activities] = await Promise.all([
      ask(engine, "site.list", {}),
      ask(engine, "settings.get", {}),
      ask(engine, "operation.list", {}),
      ask(engine, "activity.list", { limit: ACTIVITIES }),
    ]);
    // What ran before a restart of the engine runs no more.
    let next: DesktopState = { ...state, running: new Map() };
    if (sites !== null) next = reduce(next, { type: "sites", sites: sites.sites });
    if (settings !== null) next = reduce(next, { type: "settings", settings });
    const oldestFirst = (activities?.activities ?? []).toSorted((a, b) => a.at.localeCompare(b.at));
    for (const activity of oldestFirst) next = reduce(next, { type: "activity", activity });
    for (const operation of operations?.operations ?? []) next = reduce(next, { type: "operation", operation });
    change(next);
  }

  const readAll = (): void => void read().catch((error: unknown) => log.error("What the engine knows could not be read.", error));
  engine.onEvent((event) => change(reduce(state, event)));
  engine.onRestart(readAll);
  readAll();
  return { current: () => state, onChange: (listener) => void listeners.push(listener) };
}

/** Null when the engine answers with an error, which it has logged. */
async function ask<C extends CommandName>(engine: Engine, command: C, request: CommandInput<C>): Promise<CommandResponse<C> | null> {
  const result = await engine.call(command, request);
  if (!result.ok) return null;
  return contract[command].response.parse(result.value) as CommandResponse<C>;
}
