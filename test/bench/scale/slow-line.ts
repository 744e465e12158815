/** The Internet between an owner's computer and a site: what passes shares one line, either way, over all connections. */
import { once } from "node:events";
import { createServer, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface SlowLine {
  readonly target: string;
  readonly bytesPerSecond: number;
}

/** Its address. It ends with its process. */
export async function startSlowLine({ target, bytesPerSecond }: SlowLine): Promise<string> {
  const { hostname, port } = new URL(target);
  let freeAtMs = 0;

  async function carry(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) {
        if (!Buffer.isBuffer(chunk)) continue;
        freeAtMs = Math.max(performance.now(), freeAtMs) + (chunk.length / bytesPerSecond) * 1_000;
        await sleep(freeAtMs - performance.now());
        if (!to.write(chunk)) await once(to, "drain");
      }
      to.end();
    } catch {
      // One end has gone: so does the other.
      from.destroy();
      to.destroy();
    }
  }

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    void carry(near, far);
    void carry(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}
