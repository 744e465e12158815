import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgressBar, describeProgress, drawProgress } from "../../../electron/cli/progress-bar.ts";
import type { Progress } from "../../../shared/progress.ts";

const reading = { phase: "reading", done: 24, total: 37, unit: "accounts", canCancel: true, problems: 0 } as const satisfies Progress;

describe("the words of progress", () => {
  it.each<[Partial<Progress>, string]>([
    [{}, "Reading accounts: 24 of 37"],
    [{ done: 1_200, total: 40_000 }, "Reading accounts: 1,200 of 40,000"],
    [{ total: null }, "Reading accounts: 24"],
    [{ total: null, done: 0 }, "Reading accounts"],
    [{ phase: "copying_folder", unit: "bytes", done: 3_100_000, total: 8_000_000 }, "Copying the folder: 3.1 of 8.0 MB"],
    [{ phase: "connecting", unit: "seconds", done: 12, total: null }, "Connecting: 12 s"],
    [{ phase: "connecting", unit: "seconds", done: 0, total: 0 }, "Connecting"],
    [{ phase: "waking", unit: "seconds", done: 12, total: null }, "Your site is asleep. We are waking it: 12 s"],
    [{ phase: "verifying" }, "Reading back: 24 of 37"],
  ])("for %j", (part, words) => {
    expect(describeProgress({ ...reading, ...part })).toBe(words);
  });

  it("have a bar only where the end is known", () => {
    expect(drawProgress({ ...reading, done: 37 })).toBe(`${"█".repeat(24)} Reading accounts: 37 of 37`);
    expect(drawProgress({ ...reading, done: 40 })).toMatch(/^█{24} /);
    expect(drawProgress({ ...reading, done: 0 })).toMatch(/^░{24} /);
    expect(drawProgress({ ...reading, total: null })).not.toMatch(/[█░]/);
    expect(drawProgress({ ...reading, done: 0, total: 0 })).toBe("Reading accounts: 0 of 0");
  });
});

describe("createProgressBar", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const captured = (): { stream: PassThrough; text: () => string } => {
    const stream = Object.assign(new PassThrough(), { isTTY: true });
    const chunks: string[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    return { stream, text: () => chunks.join("") };
  };

  it("writes nothing at all when nobody would see it", () => {
    const { stream, text } = captured();
    const bar = createProgressBar({ stream, enabled: false });
    bar.onProgress(reading);
    vi.advanceTimersByTime(1_000);
    bar.stop();
    expect(text()).toBe("");
  });

  it("draws at most ten times a second, the latest standing at last", () => {
    const { stream, text } = captured();
    const bar = createProgressBar({ stream, enabled: true });
    for (let done = 0; done <= 10_000; done += 1) {
      bar.onProgress({ ...reading, done, total: 10_000 });
      if (done % 10 === 0) vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(200);
    const drawn = text().match(/Reading accounts: [\d,]+ of 10,000/g) ?? [];
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.length).toBeLessThan(16);
    expect(drawn.at(-1)).toBe("Reading accounts: 10,000 of 10,000");
    bar.stop();
  });

  it("takes its line away, shows the cursor again and leaves no timer behind", () => {
    const { stream, text } = captured();
    const bar = createProgressBar({ stream, enabled: true });
    bar.onProgress(reading);
    bar.stop();
    expect(text().lastIndexOf("\x1b[?25h")).toBeGreaterThan(text().lastIndexOf("\x1b[?25l"));
    expect(vi.getTimerCount()).toBe(0);
    bar.stop();
    bar.onProgress({ ...reading, phase: "writing" });
    expect(text()).toContain("Writing: 24 of 37");
    bar.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
