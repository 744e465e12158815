/** What nearly everyone has: ten accounts. One call on a warm server, and the whole command. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { backupSite } from "../../../electron/engine/operations/backup-site.ts";
import { inTurn, median, milliseconds, ratioOf } from "./measure.ts";
import { sendRaw } from "./raw-requests.ts";
import type { Report } from "./report.ts";
import { inFolder, makeSite, withChroma } from "./stage.ts";

const CALLS = 60;
const STARTS = 9;
export const CLI_MAIN = join(import.meta.dirname, "../../../../dist/electron/cli/main.js");

export async function runNode(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`node ${args.join(" ")} ended with ${String(child.exitCode)}`);
}

export async function measureSmallSites(report: Report): Promise<void> {
  await withChroma(async (url) => await inFolder(async (folder) => {
    const { connection, collection } = await makeSite(url, "users", 10);
    const everything = { collectionId: collection.id, action: "get", body: JSON.stringify({ include: ["documents", "metadatas", "uris", "embeddings"] }) } as const;
    const request = { connection, collectionName: "users", site: url };
    const [kept, fresh] = [join(folder, "kept"), join(folder, "fresh")];
    await backupSite({ ...request, folder: kept });
    const calls = await inTurn(CALLS, {
      "one raw get": async () => await sendRaw(connection, [everything]),
      "backup, nothing has changed": async () => await backupSite({ ...request, folder: kept }),
      "first backup": async () => await backupSite({ ...request, folder: fresh }),
      tidying: async () => await rm(fresh, { recursive: true }),
    });
    const starts = await inTurn(STARTS, {
      "node -e 0": async () => await runNode(["-e", "0"]),
      "account-keeper backup": async () => await runNode([CLI_MAIN, "backup", "--url", url, "--out", kept]),
    });
    for (const [name, values] of Object.entries({ ...calls, ...starts })) report.say(`${name}: ${milliseconds(values)}`);
    const get = calls["one raw get"];
    report.find({ what: "10 accounts, nothing has changed: backup call against one raw get", measured: ratioOf(calls["backup, nothing has changed"], get), unit: "", budget: { atMost: 4 }, target: { atMost: 3 } });
    report.find({ what: "10 accounts, first backup: call against one raw get", measured: ratioOf(calls["first backup"], get), unit: "", budget: { atMost: 6 }, target: { atMost: 3 } });
    const call = median(calls["backup, nothing has changed"]);
    const share = starts["account-keeper backup"].map((ms, round) => ms / (2 * (starts["node -e 0"][round] ?? Number.NaN) + call));
    report.find({ what: "`account-keeper backup`, whole process, against twice `node -e 0` and that call", measured: median(share), unit: "", budget: { atMost: 3 }, target: { atMost: 1 } });
    await connection.close();
  }));
}
