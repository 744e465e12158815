/** The desktop's log: a file that rotates, with what must not be in it taken out. The only module that knows electron-log. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { inspect } from "node:util";
import { app } from "electron";
// The Node variant: the other one opens a channel of its own for windows to write through.
import logger from "electron-log/node.js";
import type { RelayLog } from "./link/engine.ts";
import { redact } from "../app/redact.ts";

const MAX_BYTES = 1024 * 1024;
const OWNER_ONLY = 0o600;

/** Writes to `logs/main.log` and keeps one older file beside it. */
export function setupLog(): RelayLog {
  const { file, console: terminal } = logger.transports;
  file.resolvePathFn = () => join(app.getPath("logs"), "main.log");
  file.maxSize = MAX_BYTES;
  file.level = "info";
  file.format = "[{y}-{m}-{d} {h}:{i}:{s}.{ms}] [{level}] {text}";
  file.writeOptions = { flag: "a", mode: OWNER_ONLY, encoding: "utf8" };
  terminal.level = app.isPackaged ? false : "warn";
  logger.hooks.push((message) => ({ ...message, data: message.data.map((part: unknown) => redact(typeof part === "string" ? part : inspect(part, { depth: 4 }))) }));

  const record: RelayLog["record"] = (level, text) => logger[level](text);
  return {
    record,
    info: (message) => record("info", message),
    warn: (message) => record("warn", message),
    error(message, error) {
      const ref = randomBytes(3).toString("hex");
      record("error", `${message} [${ref}]\n${inspect(error, { depth: 4 })}`);
      return ref;
    },
  };
}
