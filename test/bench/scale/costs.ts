/** What is paid all the time: watching, starting, loading the page, downloading the package. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { countedHour } from "../watched-site.ts";
import { firstLine } from "./child.ts";
import { inTurn, milliseconds, ratioOf } from "./measure.ts";
import type { Report } from "./report.ts";
import { CLI_MAIN, runNode } from "./small-sites.ts";
import { inFolder, withChroma } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const STARTS = 7;

export async function measureCosts(report: Report): Promise<void> {
  await withChroma(async (url) => await pollCost(report, url));
  await inFolder(async (folder) => await startUp(report, folder));
  pageWeight(report);
  await packedSize(report);
}

async function pollCost(report: Report, url: string): Promise<void> {
  const { requests, up, down } = await countedHour(url, 10);
  report.find({ what: "Watching 10 accounts for an hour: requests", measured: requests, unit: "", budget: { atMost: 280 } });
  report.find({ what: "… bytes both ways", measured: Math.round((up + down) / 1_000), unit: "KB", budget: { atMost: 400 } });
}

async function startUp(report: Report, folder: string): Promise<void> {
  const times = await inTurn(STARTS, {
    "node -e 0": async () => await runNode(["-e", "0"]),
    "account-keeper --version": async () => await runNode([CLI_MAIN, "--version"]),
    "account-keeper serve, until it listens": async () => await serveOnce(folder),
  });
  for (const [name, values] of Object.entries(times)) report.say(`${name}: ${milliseconds(values)}`);
  report.find({ what: "Start of the command against `node -e 0`", measured: ratioOf(times["account-keeper --version"], times["node -e 0"]), unit: "", budget: { atMost: 4 } });
  report.find({ what: "Start of `serve` until it listens, against `node -e 0`", measured: ratioOf(times["account-keeper serve, until it listens"], times["node -e 0"]), unit: "", budget: { atMost: 6 } });
}

async function serveOnce(folder: string): Promise<void> {
  const child = spawn(process.execPath, [CLI_MAIN, "serve", "--json", "--no-open", "--data-dir", folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await firstLine(child.stdout);
  child.kill("SIGKILL");
  await exited;
}

function pageWeight(report: Report): void {
  const folder = join(ROOT, "dist/renderer");
  const gzipped = (pattern: RegExp): number =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => pattern.test(name)).reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0) / 1_024;
  report.find({ what: "The window's scripts, gzipped, all places", measured: Math.round(gzipped(/\.js$/)), unit: "KB", budget: { atMost: 250 } });
  report.find({ what: "The window's style sheets, gzipped", measured: Math.round(gzipped(/\.css$/)), unit: "KB", budget: { atMost: 30 } });
}

const packSchema = z.tuple([z.object({ size: z.number(), unpackedSize: z.number() })]);

async function packedSize(report: Report): Promise<void> {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const [{ size, unpackedSize }] = packSchema.parse(JSON.parse(stdout));
  report.find({ what: "The npm package, packed", measured: Math.round(size / 1_024), unit: "KB", budget: { atMost: 1_100 } });
  report.find({ what: "… unpacked", measured: Math.round(unpackedSize / 1_024), unit: "KB", budget: { atMost: 4_000 } });
}
