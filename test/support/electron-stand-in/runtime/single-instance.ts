// Single instance lock: a file with the owner's process id, and a socket over which a later start hands its arguments to the first.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SecondInstance {
  argv: string[];
  cwd: string;
  data: unknown;
}

// Runs in a process of its own because requestSingleInstanceLock answers synchronously and Node has no synchronous sockets.
const DELIVER = `
const [socket, text] = process.argv.slice(1);
const connection = require("node:net").connect(socket, () => connection.end(text, () => process.exit(0)));
connection.on("error", () => process.exit(1));
`;

export class SingleInstanceLock {
  #server: Server | undefined;
  #lockFile = "";

  get held(): boolean {
    return this.#server !== undefined;
  }

  /** False when another instance holds the lock; that one has been told by then. */
  request(folder: string, message: SecondInstance, onSecond: (second: SecondInstance) => void): boolean {
    if (this.held) return true;
    mkdirSync(folder, { recursive: true });
    this.#lockFile = join(folder, "stand-in-lock");
    const socket = socketFor(folder);
    if (ownerIsAlive(this.#lockFile) && deliver(socket, message)) return false;

    writeFileSync(this.#lockFile, String(process.pid));
    rmSync(socket, { force: true });
    this.#server = createServer((connection) => {
      let text = "";
      connection.setEncoding("utf8");
      connection.on("data", (part: string) => (text += part));
      connection.on("end", () => onSecond(JSON.parse(text) as SecondInstance));
    }).listen(socket);
    this.#server.unref();
    return true;
  }

  release(): void {
    this.#server?.close();
    if (this.held) rmSync(this.#lockFile, { force: true });
    this.#server = undefined;
  }
}

/** Beside the lock, where it goes when the folder goes; operating systems allow a socket's path only about a hundred bytes. */
function socketFor(folder: string): string {
  const beside = join(folder, "stand-in.sock");
  if (Buffer.byteLength(beside) <= 100) return beside;
  return join(tmpdir(), `stand-in-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}.sock`);
}

function ownerIsAlive(lockFile: string): boolean {
  try {
    const owner = Number(readFileSync(lockFile, "utf8"));
    process.kill(owner, 0);
    return owner !== process.pid;
  } catch {
    return false;
  }
}

/** A process id may have been given to somebody else since: only who answers on the socket is an instance. */
function deliver(socket: string, message: SecondInstance): boolean {
  const { status } = spawnSync(process.execPath, ["-e", DELIVER, socket, JSON.stringify(message)], { env: {}, timeout: 10_000 });
  return status === 0;
}
