/**
 * Which user of this computer is at the other end of a loopback connection. Linux tells; elsewhere nobody is kept out
 * by it, and links are opened in ways that other users cannot see (open-browser.ts).
 */
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/** True when the connection comes from the user this process runs as, or from root, who can do everything anyway. */
export async function isFromThisUser(socket: Socket): Promise<boolean> {
  const ownUid = process.getuid?.();
  if (process.platform !== "linux" || ownUid === undefined) return true;
  const { remotePort, localPort } = socket;
  if (remotePort === undefined || localPort === undefined) return false;
  // A program may reach an IPv4 address through an IPv6 socket.
  const tables = await Promise.all(["/proc/self/net/tcp", "/proc/self/net/tcp6"].map(async (path) => await readFile(path, "latin1").catch(() => "")));
  const uid = ownerOfConnection(tables.join("\n"), { from: remotePort, to: localPort });
  return uid === ownUid || uid === 0;
}

/**
 * The user id in the kernel's table of connections, of the end that called from port `from`; undefined when it is not there.
 * Only a connection that stands (01) has an owner: one whose caller has hung up is listed as root's, whoever that was.
 */
export function ownerOfConnection(table: string, { from, to }: { from: number; to: number }): number | undefined {
  for (const line of table.split("\n")) {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) 01 \S+ \S+ \S+ +(\d+) /.exec(line);
    if (match === null) continue;
    const [, localAddress = "", localPort = "", remoteAddress = "", remotePort = "", uid = ""] = match;
    const isLoopback = localAddress.endsWith(LOOPBACK) && remoteAddress.endsWith(LOOPBACK);
    if (isLoopback && Number.parseInt(localPort, 16) === from && Number.parseInt(remotePort, 16) === to) return Number(uid);
  }
  return undefined;
}

/** 127.0.0.1 as the kernel writes it: in the byte order of the machine. It ends the mapped IPv6 address as well. */
const LOOPBACK = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "0100007F" : "7F000001";
