/**
 * The engine's end of the link: serves the one gate to the main process, and gives the app the desktop's keychain,
 * clipboard and dialogs as if they were here. Knows neither electron nor how messages travel.
 */
import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { toErrorValue, type Result } from "../../../shared/errors.ts";
import type { KeeperApp, Log } from "../../app/keeper-app.ts";
import type { HostPorts } from "../../app/ports.ts";
import type { ServerLauncher } from "../../engine/server/launch-server.ts";
import { portCalls, toWorkerSchema, type FromWorker, type Init, type PortArgs, type PortName, type PortValue } from "./messages.ts";

interface WorkerEndOptions {
  readonly post: (message: FromWorker) => void;
  /** Opens the app, with what the main process said first; called again only when it failed and may succeed later. */
  readonly open: (init: Init, ports: HostPorts, launcher: ServerLauncher, log: Log) => Promise<KeeperApp>;
}

interface WorkerEnd {
  receive(message: unknown): void;
  readonly log: Log;
}

interface RunningServer {
  readonly onOutput: (text: string) => void;
  readonly onEnded: (code: number | null) => void;
}

export function createWorkerEnd({ post, open }: WorkerEndOptions): WorkerEnd {
  const asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const servers = new Map<number, RunningServer>();
  let init: Init | null = null;
  let app: Promise<KeeperApp> | null = null;
  let lastId = 0;

  const log: Log = {
    info: (message) => post({ type: "log", level: "info", message }),
    warn: (message) => post({ type: "log", level: "warn", message }),
    error(message, error) {
      const ref = randomBytes(3).toString("hex");
      post({ type: "log", level: "error", message, ref, detail: inspect(error, { depth: 4 }) });
      return ref;
    },
  };

  async function ask<P extends PortName>(port: P, ...args: PortArgs<P>): Promise<PortValue<P>> {
    const id = ++lastId;
    const value = await new Promise<unknown>((resolve, reject) => {
      asked.set(id, { resolve, reject });
      post({ type: "port", id, port, args });
    });
    return portCalls[port].value.parse(value) as PortValue<P>;
  }

  async function tell<P extends PortName>(port: P, ...args: PortArgs<P>): Promise<void> {
    await ask(port, ...args);
  }

  const launcher: ServerLauncher = async ({ args, onOutput }) => {
    const { serverId, pid } = await ask("server.launch", [...args]);
    const ended = new Promise<{ code: number | null; signal: null }>((resolve) => {
      servers.set(serverId, { onOutput, onEnded: (code) => resolve({ code, signal: null }) });
    });
    const send = (signal: "SIGINT" | "SIGKILL"): void => {
      ask("server.send", serverId, signal).catch((error: unknown) => log.error("The built-in server could not be told to end.", error));
    };
    // The engine's process lives as long as the desktop does: nothing here can keep it alive.
    return { pid, ended, send, hold: () => undefined };
  };

  function ports({ canStartAtLogin, canUpdate }: Init): HostPorts {
    return {
      host: "desktop",
      keychain: { isSafe: () => ask("keychain.isSafe"), seal: (text) => ask("keychain.seal", text), open: (sealed) => ask("keychain.open", sealed) },
      clipboard: { copySecret: (text) => ask("clipboard.copySecret", text), copy: (text) => tell("clipboard.copy", text) },
      dialogs: { choose: (what, suggestedName) => ask("dialogs.choose", what, suggestedName ?? null) },
      shell: {
        showFile: (path) => tell("shell.showFile", path),
        openFolder: (path) => tell("shell.openFolder", path),
        openLink: (url) => tell("shell.openLink", url),
      },
      notify: ({ title, body, siteId }) => tell("notify", { title, body, siteId }),
      canStartAtLogin,
      canUpdate,
    };
  }

  async function start(given: Init): Promise<KeeperApp> {
    const opened = await open(given, ports(given), launcher, log);
    opened.onEvent((event) => post({ type: "event", event }));
    return opened;
  }

  /** The app, opened by whoever asks first: at the start, and after an opening that failed for a while only. */
  function openedApp(): Promise<KeeperApp> {
    if (app !== null) return app;
    if (init === null) throw new Error("A command came before the start.");
    const opening = start(init);
    app = opening;
    // Whoever asks for something gets the error; nobody may ask.
    opening.catch((error: unknown) => {
      if (toErrorValue(error).retryable) app = null;
    });
    return opening;
  }

  /** Answers message `id` with what the app says. */
  async function run(id: number, what: string, ask: (opened: KeeperApp) => Promise<Result<unknown>>): Promise<void> {
    let result: Result<unknown>;
    try {
      result = await ask(await openedApp());
    } catch (error) {
      result = { ok: false, error: { ...toErrorValue(error), ref: log.error(`${what}: the app is not there`, error) } };
    }
    post({ type: "result", id, result });
  }

  async function close(): Promise<void> {
    try {
      await (await app)?.close();
    } catch (error) {
      log.error("The app did not close in order.", error);
    }
    post({ type: "closed" });
  }

  return {
    log,
    receive(raw) {
      const parsed = toWorkerSchema.safeParse(raw);
      if (!parsed.success) {
        log.error("The desktop sent a message that is not understood.", new Error(parsed.error.issues.map(({ path, code }) => `${path.join(".")}: ${code}`).join("; ")));
        return;
      }
      const message = parsed.data;
      switch (message.type) {
        case "init":
          if (init !== null) return;
          init = message.init;
          void openedApp().catch(() => undefined);
          return;
        case "call":
          void run(message.id, message.command, (opened) => opened.call(message.command, message.request));
          return;
        case "give_token":
          void run(message.id, "A dropped file", (opened) => opened.giveToken(message.path, message.shown));
          return;
        case "answer":
          asked.get(message.id)?.resolve(message.value);
          asked.delete(message.id);
          return;
        case "refusal":
          asked.get(message.id)?.reject(new Error(message.message));
          asked.delete(message.id);
          return;
        case "server_output":
          servers.get(message.serverId)?.onOutput(message.text);
          return;
        case "server_ended":
          servers.get(message.serverId)?.onEnded(message.code);
          servers.delete(message.serverId);
          return;
        case "close":
          void close();
      }
    },
  };
}
