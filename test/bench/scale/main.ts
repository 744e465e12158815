/** `npm run bench`: measures what was named, or everything but `--large`, and with `--check` fails when a budget is passed. */
import { parseArgs } from "node:util";
import { measureBackup } from "./backup.ts";
import { runTask } from "./child.ts";
import { measureCosts } from "./costs.ts";
import { measureLarge, measureMemory, measureRealMemory } from "./memory.ts";
import { createReport, type Report } from "./report.ts";
import { measureRestore } from "./restore.ts";
import { measureSmallSites } from "./small-sites.ts";

const { values: flags, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: "boolean", default: false },
    /** A file of more than 2 GiB: needs 8 GB of disk. */
    large: { type: "boolean", default: false },
    /** Smaller sites than the targets speak of, to try something out. */
    accounts: { type: "string" },
    task: { type: "string" },
  },
});

const most = flags.accounts === undefined ? undefined : Number(flags.accounts);
const benches: Readonly<Record<string, (report: Report) => Promise<void>>> = {
  backup: async (report) => await measureBackup(report, { accounts: most ?? 50_000 }),
  restore: async (report) => await measureRestore(report, { accounts: most ?? 10_000 }),
  memory: async (report) => await measureMemory(report, { most }),
  "memory-chroma": async (report) => await measureRealMemory(report, { most }),
  "small-sites": measureSmallSites,
  costs: measureCosts,
};

async function main(): Promise<number> {
  const unknown = named.find((name) => !(name in benches));
  if (unknown !== undefined) {
    console.error(`There is no "${unknown}". There are: ${Object.keys(benches).join(", ")}; and --large.`);
    return 2;
  }
  const report = createReport();
  const isEverything = named.length === 0 && !flags.large;
  for (const [name, measure] of Object.entries(benches)) if (isEverything || named.includes(name)) await measure(report);
  if (flags.large) await measureLarge(report);
  const over = report.print();
  return flags.check && over.length > 0 ? 1 : 0;
}

if (flags.task === undefined) process.exitCode = await main();
else await runTask(flags.task);
