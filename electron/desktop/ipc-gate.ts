/** The one module that listens to the window. Who asks and how much is checked here; what is asked, by the engine's gate. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from "electron";
import { commandNames, type CommandName } from "../../shared/channels.ts";
import { toErrorValue, type Result } from "../../shared/errors.ts";
import type { KeeperApp, Log } from "../app/keeper-app.ts";
import { checkRequest, checkSender } from "./request-check.ts";

interface IpcGateOptions {
  readonly engine: Pick<KeeperApp, "call">;
  readonly isOurWindow: (contents: WebContents) => boolean;
  /** The page listens to events from now on. */
  readonly onPageReady: () => void;
  readonly log: Log;
}

/** One channel for each command; there are no others. */
export function setupIpcGate({ engine, isOurWindow, onPageReady, log }: IpcGateOptions): void {
  async function answer(event: IpcMainInvokeEvent, command: CommandName, request: unknown): Promise<Result<unknown>> {
    try {
      const { senderFrame: frame } = event;
      checkSender({ frame: frame === null ? null : { url: frame.url, isMain: frame.parent === null }, isOurWindow: isOurWindow(event.sender) });
      checkRequest(request);
    } catch (error) {
      return { ok: false, error: { ...toErrorValue(error), ref: log.error(`Refused: ${command}`, error) } };
    }
    if (command === "app.ready") onPageReady();
    return await engine.call(command, request);
  }
  for (const command of commandNames) ipcMain.handle(command, (event, request: unknown) => answer(event, command, request));
}
