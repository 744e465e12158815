/**
 * Runs in a process of its own, to be killed, starved of disk or kept from writing.
 * Arguments: mode, folder, number of accounts. Prints one JSON line when it is done: the placed name or the error.
 */
import { createBackupWriter } from "../../../electron/engine/backup/backup-writer.ts";
import { openVault } from "../../../electron/engine/vault/vault.ts";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { toErrorValue } from "../../../shared/errors.ts";

const [mode, folder = "", count = "1"] = process.argv.slice(2);

async function backUp(accounts: number): Promise<string> {
  const vault = await openVault(folder, { create: true });
  const writer = await createBackupWriter(folder);
  for (let at = 0; at < accounts; at += 500) {
    const page = Array.from({ length: Math.min(500, accounts - at) }, (_, index) => {
      const id = `u-${at + index + 1}`;
      return { id, document: `{"user_id":"${id}","email":"${id}@example.com","password_hash":"secret-of-${id}"}`, metadata: null, uri: null, embedding: new Float32Array(64).fill(at) };
    });
    await writer.add(page);
  }
  const collection = { id: "c", name: "users", metadata: null, configuration: null, schema: null, dimension: 64 };
  const chroma = { tenant: "t", database: "d", collection };
  const finished = await writer.finish({ site: "s", chroma, fewerThan: null, timestamp: new Date(), madeBy: "child" });
  return (await vault.place(finished, { kind: "normal" })).name;
}

/** Backs up again and again until it is killed; tells when it begins. */
async function backUpForever(accounts: number): Promise<never> {
  process.stdout.write("begun\n");
  for (;;) await backUp(accounts);
}

async function holdLock(): Promise<never> {
  return await withVaultLock(folder, async () => {
    process.stdout.write("locked\n");
    return await new Promise<never>(() => setInterval(() => undefined, 1_000));
  });
}

try {
  // Root may write anywhere; whoever tests a folder that may not be written has to be somebody else.
  if (mode === "as-nobody") process.setuid?.(65_534);
  if (mode === "forever") await backUpForever(Number(count));
  if (mode === "hold-lock") await holdLock();
  process.stdout.write(`${JSON.stringify({ name: await backUp(Number(count)) })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: toErrorValue(error) })}\n`);
}
