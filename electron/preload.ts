/** The window's only door: one function to ask, one to hand over a dropped file, one to listen. Knows names and nothing else; what a request holds is checked behind it. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from "electron";
import { BRIDGE_NAME, commandNames, EVENT_CHANNEL, FILE_CHANNEL } from "../shared/channels.ts";

const names: ReadonlySet<string> = new Set(commandNames);

/** Errors are values on this side too: a rejected call would lose its code on the way. */
const failure = (code: string, message: string, hint = "Close this window and open it again.") => ({ ok: false, error: { code, message, hint, retryable: false } });

async function ask(channel: string, request: unknown): Promise<unknown> {
  try {
    return await ipcRenderer.invoke(channel, request);
  } catch {
    // The other side never rejects: the request could not be sent at all, because it holds a function or the like.
    return failure("BAD_REQUEST", "This window asked in a way we do not understand.");
  }
}

/** Only the system knows the path of a file: none for one that a script has made, whatever it is called. Empty for what is no file. */
function pathOf(file: unknown): string {
  try {
    // It throws for whatever is no File.
    return webUtils.getPathForFile(file as File);
  } catch {
    return "";
  }
}

contextBridge.exposeInMainWorld(
  BRIDGE_NAME,
  Object.freeze({
    async call(command: unknown, request: unknown): Promise<unknown> {
      if (typeof command !== "string" || !names.has(command)) {
        // The main process writes what is said here to its log.
        console.warn("Refused: a command that is not known.");
        return failure("UNKNOWN_COMMAND", "This window asked for something we do not know.");
      }
      return await ask(command, request);
    },
    async takeFile(file: unknown): Promise<unknown> {
      const path = pathOf(file);
      if (path === "") {
        console.warn("Refused: a dropped file that is none of this computer.");
        return failure("BAD_REQUEST", "This is no file of this computer.", "Drop a backup file from one of your folders.");
      }
      // The page gets a token; the path goes to the main process alone.
      return await ask(FILE_CHANNEL, path);
    },
    onEvent(listener: (event: unknown) => void): () => void {
      const heard = (_event: IpcRendererEvent, event: unknown): void => listener(event);
      ipcRenderer.on(EVENT_CHANNEL, heard);
      return () => void ipcRenderer.removeListener(EVENT_CHANNEL, heard);
    },
  }),
);
