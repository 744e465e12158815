/** The one module that listens to the window. Who asks and how much is checked here; what is asked, by the engine's gate. */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from "electron";
import { commandNames, FILE_CHANNEL } from "../../shared/channels.ts";
import { toErrorValue, type Result } from "../../shared/errors.ts";
import type { KeeperApp, Log } from "../app/keeper-app.ts";
import { checkDroppedFile } from "./dropped-file.ts";
import { checkRequest, checkSender } from "./request-check.ts";

interface IpcGateOptions {
  readonly engine: Pick<KeeperApp, "call" | "giveToken">;
  readonly isOurWindow: (contents: WebContents) => boolean;
  /** The page listens to events from now on. */
  readonly onPageReady: () => void;
  readonly log: Log;
}

/** One channel for each command and one for dropped files; there are no others. */
export function setupIpcGate({ engine, isOurWindow, onPageReady, log }: IpcGateOptions): void {
  /** Runs `serve` only when this window may ask, and with what `check` makes of what it sent. */
  async function answer<T>({ senderFrame: frame, sender }: IpcMainInvokeEvent, channel: string, check: () => T | Promise<T>, serve: (checked: T) => Promise<Result<unknown>>): Promise<Result<unknown>> {
    let checked: T;
    try {
      checkSender({ frame: frame === null ? null : { url: frame.url, isMain: frame.parent === null }, isOurWindow: isOurWindow(sender) });
      checked = await check();
    } catch (error) {
      return { ok: false, error: { ...toErrorValue(error), ref: log.error(`Refused: ${channel}`, error) } };
    }
    return await serve(checked);
  }

  for (const command of commandNames) {
    ipcMain.handle(command, (event, request: unknown) =>
      answer(event, command, () => checkRequest(request), async () => {
        if (command === "app.ready") onPageReady();
        return await engine.call(command, request);
      }),
    );
  }
  ipcMain.handle(FILE_CHANNEL, (event, path: unknown) => answer(event, FILE_CHANNEL, () => checkDroppedFile(path), (checked) => engine.giveToken(checked)));
}
