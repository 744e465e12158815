import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { isFromThisUser, ownerOfConnection } from "../../../electron/web/peer.ts";
import { closeServer, listen } from "../../support/loopback.ts";

// As Linux writes it on the usual machines: addresses and ports in hexadecimal, then the state, and the user in the eighth column.
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2000 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 2001 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2002 1 0000000000000000 20 4 30 10 -1
   3: 0A00020F:C351 0A00020F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2003 1 0000000000000000 20 4 30 10 -1
   4: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 02:000A7A5B 00000000  1002        0 2004 2 0000000000000000 20 4 30 10 -1
   5: 0100007F:C353 0100007F:1F90 05 00000000:00000000 00:00000000 00000000     0        0 0 2 0000000000000000 20 4 30 10 -1
   6: 0100007F:C354 0100007F:1F90 06 00000000:00000000 03:00000ACF 00000000     0        0 0 3 0000000000000000
`;

it("finds who called, in the kernel's table", () => {
  const to = 0x1f90;
  expect(ownerOfConnection(TABLE, { from: 0xc350, to })).toBe(1000);
  // Through an IPv6 socket.
  expect(ownerOfConnection(TABLE, { from: 0xc352, to })).toBe(1002);
  // Not over the loopback, not there at all, and another port of ours.
  expect(ownerOfConnection(TABLE, { from: 0xc351, to })).toBeUndefined();
  expect(ownerOfConnection(TABLE, { from: 0xc399, to })).toBeUndefined();
  expect(ownerOfConnection(TABLE, { from: 0xc350, to: 0x1f91 })).toBeUndefined();
  expect(ownerOfConnection("", { from: 0xc350, to })).toBeUndefined();
  // Hung up since: it is nobody's any more, and the table gives those to user 0.
  for (const from of [0xc353, 0xc354]) expect(ownerOfConnection(TABLE, { from, to })).toBeUndefined();
});

it("knows a connection of this process, and none that has ended", async () => {
  const server = createServer();
  const port = await listen(server);
  onTestFinished(async () => await closeServer(server));
  const accepted = once(server, "connection");
  const client = connect(port, "127.0.0.1");
  const [socket] = (await accepted) as [Socket];
  expect(await isFromThisUser(socket)).toBe(true);
  client.destroy();
  socket.destroy();
  if (process.platform === "linux") expect(await isFromThisUser(socket)).toBe(false);
});
