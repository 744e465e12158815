/** Peak memory of a backup and of its check, by the size of the site; and files larger than any text V8 can hold. */
import { inOwnProcess, withMadeUpSite, type Done, type Job } from "./child.ts";
import { FULL_COLLECTION } from "./made-up-site.ts";
import type { Report } from "./report.ts";
import { fillSite, inFolder, newestIn, withChroma } from "./stage.ts";
import { stat } from "node:fs/promises";

const FEW = 10_000;
const MANY = 1_000_000;
const MANY_REAL = 200_000;
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

/** The same on a real ChromaDB, which takes minutes to fill; and what compares everybody on the site with everybody in a backup. */
export async function measureRealMemory(report: Report, { most = MANY_REAL }: { most?: number | undefined }): Promise<void> {
  const peaks = new Map<string, number[]>();
  for (const accounts of [FEW, most]) {
    await withChroma(async (url) => await inFolder(async (folder) => {
      await fillSite(url, FULL_COLLECTION, accounts);
      const site = { url, folder };
      const tasks: [string, () => Promise<Job>][] = [
        ["first backup", async () => await Promise.resolve({ task: "backup", ...site })],
        ["backup beside the first, nothing has changed", async () => await Promise.resolve({ task: "backup", ...site })],
        ["plan", async () => ({ task: "plan", url, path: await newestIn(folder) })],
        ["diff", async () => ({ task: "diff", url, path: await newestIn(folder) })],
      ];
      for (const [what, task] of tasks) {
        const { peakMegabytes } = tell(report, `${what}, ${accounts} on a real ChromaDB`, await inOwnProcess(await task()), accounts);
        peaks.set(what, [...(peaks.get(what) ?? []), peakMegabytes]);
      }
    }));
  }
  for (const [what, [few = Number.NaN, many = Number.NaN]] of peaks) {
    // Who compares has to remember everybody, in a few dozen bytes each.
    report.find({ what: `Peak memory on a real ChromaDB, ${what}: ${most.toLocaleString("en-US")} accounts against ${FEW.toLocaleString("en-US")}`, measured: many / few, unit: "", budget: { atMost: what === "plan" ? 2.5 : 2 }, ...(what === "first backup" ? { target: { atMost: 1.15 } } : {}) });
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
