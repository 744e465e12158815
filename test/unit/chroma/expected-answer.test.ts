/** An answer that is what was expected takes no memory; any other one is read as if nothing had been. */
import { createServer } from "node:http";
import { once } from "node:events";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { createTransport, DEFAULT_TIMEOUTS, type Transport } from "../../../electron/engine/chroma/transport.ts";

/** What the server says next, and in which pieces. */
let pieces: readonly Buffer[] = [];
let announced = false;
let transport: Transport;

beforeAll(async () => {
  const server = createServer((_request, response) => {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, announced ? { "content-length": length } : {});
    for (const piece of pieces) response.write(piece);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  transport = createTransport({ origin: `http://127.0.0.1:${address.port}`, basePath: "", headers: {}, timeouts: DEFAULT_TIMEOUTS });
  return async () => {
    await transport.close();
    server.close();
  };
});

const ask = async (expected: Buffer): Promise<Buffer> => (await transport.send({ method: "GET", path: "/", subject: "collection", redact: (text) => text }, { expected })).body;
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));

it("is read whole, whatever was expected", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), bytes, fc.nat(200), fc.boolean(), async (sent, other, cut, withLength) => {
      const whole = Buffer.concat(sent);
      for (const expected of [whole, whole.subarray(0, cut), Buffer.concat([whole, other]), Buffer.concat([whole.subarray(0, cut), other]), other]) {
        [pieces, announced] = [sent, withLength];
        expect((await ask(expected)).equals(whole)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

it("is the expected buffer itself when it is the same", async () => {
  pieces = [Buffer.from('{"ids":["a",'), Buffer.from('"b"]}')];
  const expected = Buffer.concat(pieces);
  expect(await ask(expected)).toBe(expected);
  pieces = [...pieces, Buffer.from(" ")];
  expect(await ask(expected)).not.toBe(expected);
});

it("is read whole also where it is large, and differs at its end or ends early", async () => {
  announced = true;
  const large = Buffer.alloc(3 * 1024 * 1024, "x");
  const longer = Buffer.concat([large, Buffer.from("y")]);
  for (const [sent, expected] of [[longer, large], [large, longer], [longer, Buffer.concat([large, Buffer.from("z")])]] as const) {
    pieces = [sent];
    expect((await ask(expected)).equals(sent)).toBe(true);
  }
});
