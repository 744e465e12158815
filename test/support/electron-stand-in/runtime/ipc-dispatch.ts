// Brings a message of the preload to the app's listeners and handlers, and makes the event object they get.
import { decode, encode } from "../codec.ts";
import type { FromPage, ToPage } from "../page/messages.ts";
import type { StandInFrame } from "./frames.ts";
import { ipcMain, type StandInIpcMain } from "./ipc-main.ts";
import { loud } from "./loud.ts";
import { preventable } from "./preventable-event.ts";
import { record } from "./record.ts";

export interface Sender {
  /** The page's own `ipc`, which Electron asks before `ipcMain`. */
  readonly ipc: StandInIpcMain;
  send(channel: string, ...args: unknown[]): void;
}

export function deliverSend(message: FromPage & { type: "send" }, sender: Sender, frame: StandInFrame | null): void {
  const args = decode(message.args) as unknown[];
  const event = createEvent(sender, frame);
  const heard = [sender.ipc, ipcMain].map((ipc) => ipc.emit(message.channel, event, ...args));
  if (!heard.includes(true)) record.ipcWithoutListener.push(message.channel);
}

/** Never rejects: what the handler throws travels as text, which is all that Electron lets through. */
export async function answerInvoke(message: FromPage & { type: "invoke" }, sender: Sender, frame: StandInFrame | null): Promise<ToPage> {
  const { channel, id } = message;
  try {
    const handler = sender.ipc.handlerOf(channel) ?? ipcMain.handlerOf(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    const value = await handler(createEvent(sender, frame), ...(decode(message.args) as unknown[]));
    return { type: "reply", id, value: encode(value) };
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error);
    return { type: "failure", id, message: String(error) };
  }
}

function createEvent(sender: Sender, frame: StandInFrame | null): Electron.IpcMainInvokeEvent {
  const event = {
    ...preventable({}),
    type: "frame",
    sender,
    senderFrame: frame,
    frameId: frame?.routingId ?? -1,
    processId: frame?.processId ?? -1,
    ports: [],
    reply: (channel: string, ...args: unknown[]) => sender.send(channel, ...args),
  };
  return loud("IpcMainEvent", event) as unknown as Electron.IpcMainInvokeEvent;
}
