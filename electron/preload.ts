/** The window's only door: one function to ask, one to listen. Knows names and nothing else; what a request holds is checked behind it. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from "electron";
import { BRIDGE_NAME, commandNames, EVENT_CHANNEL } from "../shared/channels.ts";

const names: ReadonlySet<string> = new Set(commandNames);

/** Errors are values on this side too: a rejected call would lose its code on the way. */
const failure = (code: string, message: string) => ({ ok: false, error: { code, message, hint: "Close this window and open it again.", retryable: false } });

contextBridge.exposeInMainWorld(
  BRIDGE_NAME,
  Object.freeze({
    async call(command: unknown, request: unknown): Promise<unknown> {
      if (typeof command !== "string" || !names.has(command)) {
        // The main process writes what is said here to its log.
        console.warn("Refused: a command that is not known.");
        return failure("UNKNOWN_COMMAND", "This window asked for something we do not know.");
      }
      try {
        return await ipcRenderer.invoke(command, request);
      } catch {
        // The other side never rejects: the request could not be sent at all, because it holds a function or the like.
        return failure("BAD_REQUEST", "This window asked in a way we do not understand.");
      }
    },
    onEvent(listener: (event: unknown) => void): () => void {
      const heard = (_event: IpcRendererEvent, event: unknown): void => listener(event);
      ipcRenderer.on(EVENT_CHANNEL, heard);
      return () => void ipcRenderer.removeListener(EVENT_CHANNEL, heard);
    },
  }),
);
