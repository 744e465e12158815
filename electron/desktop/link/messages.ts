/**
 * What Electron's main process and the engine's own process say to each other, and nothing else: every message is parsed
 * where it arrives. Must not import electron: both sides and the tests use it.
 */
import { z } from "zod";
import { eventSchema } from "../../../shared/contract.ts";
import { errorValueSchema } from "../../../shared/model.ts";

/** Made per call by the side that asks. */
const callId = z.int().positive();

/** What the engine has to know of the desktop before anything else. */
const initSchema = z.strictObject({
  dataFolder: z.string().min(1),
  documentsFolder: z.string().min(1),
  canStartAtLogin: z.boolean(),
  canUpdate: z.boolean(),
  /** The executable is no Node: the bundled server's process has to be started by the main process. */
  launchServersOutside: z.boolean(),
});
export type Init = z.infer<typeof initSchema>;

const resultSchema = z.discriminatedUnion("ok", [z.object({ ok: z.literal(true), value: z.unknown() }), z.object({ ok: z.literal(false), error: errorValueSchema })]);

export const toWorkerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("init"), init: initSchema }),
  z.strictObject({ type: z.literal("call"), id: callId, command: z.string(), request: z.unknown() }),
  /** A file that was dropped on the window; answered by a `result`. */
  z.strictObject({ type: z.literal("give_token"), id: callId, path: z.string().min(1), shown: z.string().optional() }),
  /** What the main process answers to a `port` message. */
  z.strictObject({ type: z.literal("answer"), id: callId, value: z.unknown() }),
  z.strictObject({ type: z.literal("refusal"), id: callId, message: z.string() }),
  z.strictObject({ type: z.literal("server_output"), serverId: callId, text: z.string() }),
  z.strictObject({ type: z.literal("server_ended"), serverId: callId, code: z.number().nullable() }),
  z.strictObject({ type: z.literal("close") }),
]);
export type ToWorker = z.infer<typeof toWorkerSchema>;

export const fromWorkerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("result"), id: callId, result: resultSchema }),
  z.strictObject({ type: z.literal("event"), event: eventSchema }),
  z.strictObject({ type: z.literal("port"), id: callId, port: z.string(), args: z.array(z.unknown()) }),
  z.strictObject({ type: z.literal("log"), level: z.enum(["info", "warn", "error"]), message: z.string(), ref: z.string().optional(), detail: z.string().optional() }),
  z.strictObject({ type: z.literal("closed") }),
]);
export type FromWorker = z.infer<typeof fromWorkerSchema>;

const nothing = z.null();
const noticeSchema = z.strictObject({ title: z.string(), body: z.string(), siteId: z.string() });

/** What the engine may ask of the desktop. */
export const portCalls = {
  "keychain.isSafe": { args: z.tuple([]), value: z.boolean() },
  "keychain.seal": { args: z.tuple([z.string()]), value: z.string() },
  "keychain.open": { args: z.tuple([z.string()]), value: z.string() },
  "clipboard.copySecret": { args: z.tuple([z.string()]), value: z.number() },
  "clipboard.copy": { args: z.tuple([z.string()]), value: nothing },
  "dialogs.choose": { args: z.tuple([z.enum(["vault", "data_folder", "backup_file", "export_file"]), z.string().nullable()]), value: z.string().nullable() },
  "shell.showFile": { args: z.tuple([z.string()]), value: nothing },
  "shell.openFolder": { args: z.tuple([z.string()]), value: nothing },
  "shell.openLink": { args: z.tuple([z.string()]), value: nothing },
  "notify": { args: z.tuple([noticeSchema]), value: nothing },
  "server.launch": { args: z.tuple([z.array(z.string())]), value: z.strictObject({ serverId: callId, pid: z.int().positive() }) },
  "server.send": { args: z.tuple([callId, z.enum(["SIGINT", "SIGKILL"])]), value: nothing },
} as const satisfies Record<string, { args: z.ZodType<unknown[]>; value: z.ZodType }>;

export type PortName = keyof typeof portCalls;
export type PortArgs<P extends PortName> = z.infer<(typeof portCalls)[P]["args"]>;
export type PortValue<P extends PortName> = z.infer<(typeof portCalls)[P]["value"]>;
/** One for each; what it throws reaches the engine as an error with the message only. */
export type PortHandlers = { readonly [P in PortName]: (...args: PortArgs<P>) => Promise<PortValue<P>> };

export function isPortName(name: string): name is PortName {
  return Object.hasOwn(portCalls, name);
}
