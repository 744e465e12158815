/** Peak memory of a backup and of its check, by the size of the site; and files larger than any text V8 can hold. */
import { inOwnProcess, withMadeUpSite, type Done } from "./child.ts";
import type { Report } from "./report.ts";
import { inFolder, newestIn } from "./stage.ts";
import { stat } from "node:fs/promises";

const FEW = 10_000;
const MANY = 1_000_000;
const LARGE_ACCOUNTS = 120_000;
const LARGE_DOCUMENT_BYTES = 10_000;
const GIBIBYTE = 2 ** 30;

export async function measureMemory(report: Report, { most = MANY }: { most?: number | undefined }): Promise<void> {
  const sizes = [FEW, ...[100_000, MANY].filter((accounts) => accounts < most), most];
  const peaks = new Map<number, { backup: number; verify: number }>();
  for (const accounts of sizes) {
    peaks.set(accounts, await withMadeUpSite({ accounts, documentBytes: 0 }, async (url) => await inFolder(async (folder) => {
      const backup = tell(report, `backup of ${accounts}`, await inOwnProcess({ task: "backup", url, folder }), accounts);
      const verify = tell(report, `verify of ${accounts}`, await inOwnProcess({ task: "verify", path: await newestIn(folder) }), accounts);
      return { backup: backup.peakMegabytes, verify: verify.peakMegabytes };
    })));
  }
  for (const task of ["backup", "verify"] as const) {
    const ratio = (peaks.get(most)?.[task] ?? Number.NaN) / (peaks.get(FEW)?.[task] ?? Number.NaN);
    report.find({ what: `Peak memory of a ${task}: ${most.toLocaleString("en-US")} accounts against ${FEW.toLocaleString("en-US")}`, measured: ratio, unit: "", budget: { atMost: 2 }, target: { atMost: 1.15 } });
  }
}

/** Past 2 GiB, which is past the longest text V8 allows (512 MiB) as well. Needs 8 GB of disk and some minutes. */
export async function measureLarge(report: Report): Promise<void> {
  await withMadeUpSite({ accounts: LARGE_ACCOUNTS, documentBytes: LARGE_DOCUMENT_BYTES }, async (url) => await inFolder(async (folder) => {
    const site = { url, folder };
    const backup = tell(report, "large backup", await inOwnProcess({ task: "backup", ...site }), LARGE_ACCOUNTS);
    const path = await newestIn(folder);
    const { size } = await stat(path);
    report.find({ what: "Size of the large backup", measured: size / GIBIBYTE, unit: "GiB", budget: { atLeast: 2 } });
    const verify = tell(report, "its check", await inOwnProcess({ task: "verify", path }), LARGE_ACCOUNTS);
    const restore = tell(report, "its restore", await inOwnProcess({ task: "restore", ...site, path }), LARGE_ACCOUNTS);
    for (const [what, { peakMegabytes }] of Object.entries({ backup, verify, restore })) {
      report.find({ what: `Peak memory of the large ${what}`, measured: peakMegabytes, unit: "MB", budget: { atMost: 512 } });
    }
  }));
}

function tell(report: Report, what: string, done: Done, accounts: number): Done {
  const { peakMegabytes, seconds, records, problems } = done;
  report.say(`${what}: ${Math.round(peakMegabytes)} MB at its peak, ${seconds.toFixed(1)} s`);
  if (records !== accounts || problems > 0) throw new Error(`${what}: ${records} of ${accounts}, ${problems} problems`);
  return done;
}
