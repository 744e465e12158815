/** The whole app in this process, on folders of its own, with a host that remembers what was asked of it and refuses what no test announced. */
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createKeeperApp, type KeeperAppOptions } from "../../electron/app/app.ts";
import type { Clock } from "../../electron/engine/clock.ts";
import type { KeeperApp } from "../../electron/app/keeper-app.ts";
import type { HostPorts, Notice } from "../../electron/app/ports.ts";
import type { CommandName } from "../../shared/channels.ts";
import type { AppEvent, CommandInput, CommandResponse } from "../../shared/contract.ts";
import { KeeperError, type Result } from "../../shared/errors.ts";
import type { SiteView } from "../../shared/model.ts";
import { resultOf, type Operation, type OperationInput, type OperationKind, type OperationResult } from "../../shared/operations.ts";
import { temporaryFolder, type TestSite } from "./site.ts";

export interface TestApp {
  readonly app: KeeperApp;
  readonly dataFolder: string;
  readonly documentsFolder: string;
  readonly events: readonly AppEvent[];
  /** Everything that left the app: answers and events, as JSON. */
  readonly said: () => string;
  /** What is on the host's clipboard. */
  readonly clipboard: () => string;
  readonly notices: readonly Notice[];
  readonly logged: readonly string[];
  /** What the next dialog answers. */
  pick(path: string | null): void;
  /** The value; throws the error as a `KeeperError`. */
  ask<C extends CommandName>(command: C, request: CommandInput<C>): Promise<CommandResponse<C>>;
  start<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<string>;
  ended(operationId: string): Promise<Operation>;
  /** Starts an operation and waits for its end; throws the error of one that failed. */
  run<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<OperationResult<K>>;
  /** The first event from now on that passes. */
  nextEvent(passes: (event: AppEvent) => boolean): Promise<AppEvent>;
  addSite(site: TestSite, more?: Partial<CommandInput<"site.add">>): Promise<SiteView>;
}

export interface TestAppOptions {
  readonly dataFolder?: string;
  readonly clock?: Clock;
  readonly ports?: Partial<HostPorts>;
  readonly renderUrl?: string;
  readonly redeployPace?: KeeperAppOptions["redeployPace"];
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const dataFolder = options.dataFolder ?? (await temporaryFolder());
  const documentsFolder = await temporaryFolder();
  const events: AppEvent[] = [];
  const answers: unknown[] = [];
  const notices: Notice[] = [];
  const logged: string[] = [];
  const picks: (string | null)[] = [];
  let onClipboard = "";
  const ports: HostPorts = {
    host: "desktop",
    keychain: null,
    clipboard: {
      copySecret: (text) => {
        onClipboard = text;
        return Promise.resolve(60_000);
      },
      copy: (text) => {
        onClipboard = text;
        return Promise.resolve();
      },
    },
    dialogs: {
      choose: () => {
        const picked = picks.shift();
        if (picked === undefined) throw new Error("no test announced this dialog");
        return Promise.resolve(picked);
      },
    },
    shell: null,
    notify: (notice) => {
      notices.push(notice);
      return Promise.resolve();
    },
    canStartAtLogin: true,
    canUpdate: false,
    ...options.ports,
  };
  const log = {
    info: (message: string) => void logged.push(message),
    warn: (message: string) => void logged.push(message),
    error: (message: string, error: unknown) => {
      logged.push(`${message} ${error instanceof Error ? `${error.stack ?? error.message} ${String(error.cause)}` : String(error)}`);
      return `ref-${logged.length}`;
    },
  };
  const app = await createKeeperApp({ dataFolder, documentsFolder, ports, log, clock: options.clock, renderUrl: options.renderUrl, redeployPace: options.redeployPace });
  onTestFinished(async () => await app.close());
  app.onEvent((event) => void events.push(event));

  async function ask<C extends CommandName>(command: C, request: CommandInput<C>): Promise<CommandResponse<C>> {
    // The gate has parsed it by the very schema this type is made from.
    const answer = (await app.call(command, request)) as Result<CommandResponse<C>>;
    answers.push(answer);
    if (answer.ok) return answer.value;
    throw new KeeperError(answer.error.code, answer.error.message, answer.error.hint === undefined ? {} : { hint: answer.error.hint });
  }

  async function nextEvent(passes: (event: AppEvent) => boolean): Promise<AppEvent> {
    return await new Promise((resolve) => {
      const stop = app.onEvent((event) => {
        if (!passes(event)) return;
        stop();
        resolve(event);
      });
    });
  }

  async function start<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<string> {
    return (await ask("operation.start", { kind, input })).operationId;
  }

  async function ended(operationId: string): Promise<Operation> {
    const isEnd = (operation: Operation): boolean => operation.id === operationId && operation.endedAt !== null;
    const later = nextEvent((event) => event.type === "operation" && isEnd(event.operation));
    const { operations } = await ask("operation.list", {});
    const now = operations.find(isEnd);
    if (now !== undefined) return now;
    const event = await later;
    if (event.type !== "operation") throw new Error("another event");
    return event.operation;
  }

  async function run<K extends OperationKind>(kind: K, input: OperationInput<K>): Promise<OperationResult<K>> {
    const operation = await ended(await start(kind, input));
    const { error } = operation;
    if (error !== null) throw new KeeperError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
    const result = resultOf(operation, kind);
    if (result === null) throw new Error(`${kind} ended ${operation.state} without a result`);
    return result;
  }

  return {
    app,
    dataFolder,
    documentsFolder,
    events,
    said: () => JSON.stringify([answers, events]),
    clipboard: () => onClipboard,
    notices,
    logged,
    pick: (path) => void picks.push(path),
    ask,
    start,
    ended,
    run,
    nextEvent,
    async addSite(site, more = {}) {
      picks.push(join(site.folder));
      const { chosen } = await ask("dialog.choose", { what: "vault" });
      if (chosen === null) throw new Error("nothing was picked");
      const request = { name: "Marlow Bakery", source: { kind: "server" as const, url: site.site }, collectionName: site.collectionName, vault: chosen.token, settings: { watch: false }, ...more };
      return (await ask("site.add", request)).site;
    },
  };
}
