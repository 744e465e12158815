/** One moving line on stderr, for people at a terminal. The engine reports as often as it likes; this is the edge that throttles. */
import { SingleBar } from "cli-progress";
import { grouped } from "../../shared/grouped.ts";
import type { Progress, ProgressPhase } from "../../shared/progress.ts";

const PHASE_WORDS = {
  starting_server: "Starting ChromaDB",
  copying_folder: "Copying the folder",
  connecting: "Connecting",
  waking: "Your site is asleep. We are waking it",
  reading: "Reading accounts",
  writing: "Writing",
  verifying: "Reading back",
  planning: "Comparing",
  safety_backup: "Safety backup",
  restoring: "Bringing back accounts",
  rehearsing: "Rehearsing",
  setting_variable: "Setting the variable at Render",
  checking_again: "Looking for new accounts once more",
  deploying: "Render is deploying your site",
  waiting_for_site: "Waiting for your site",
} as const satisfies Record<ProgressPhase, string>;

const BAR_CELLS = 24;
const REDRAWS_PER_SECOND = 10;

/** "Reading accounts: 24 of 37", "Copying the folder: 3.1 of 8.0 MB", "Connecting: 12 s"; a wait of less than a second needs no figures. */
export function describeProgress({ phase, done, total, unit }: Progress): string {
  const words = PHASE_WORDS[phase];
  const figures = (count: number): string => (unit === "bytes" ? (count / 1_000_000).toFixed(1) : grouped(count));
  const suffix = unit === "bytes" ? " MB" : unit === "seconds" ? " s" : "";
  if (total === null || (unit === "seconds" && total === 0)) return done === 0 ? words : `${words}: ${figures(done)}${suffix}`;
  return `${words}: ${figures(done)} of ${figures(total)}${suffix}`;
}

/** The line as drawn: with a bar where the end is known. */
export function drawProgress(progress: Progress): string {
  const { done, total } = progress;
  if (total === null || total === 0) return describeProgress(progress);
  const full = Math.round((Math.min(done, total) / total) * BAR_CELLS);
  return `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)} ${describeProgress(progress)}`;
}

export interface ProgressBar {
  /** For an operation's `onProgress`. Starts the line when it is first called. */
  readonly onProgress: (progress: Progress) => void;
  /** Takes the line away, before anything else is said. May be called at any time. */
  stop(): void;
}

export interface ProgressBarOptions {
  readonly stream: NodeJS.WritableStream;
  /** False when nobody would see it: then nothing at all is written. */
  readonly enabled: boolean;
}

export function createProgressBar({ stream, enabled }: ProgressBarOptions): ProgressBar {
  if (!enabled) {
    return {
      onProgress: () => undefined,
      stop: () => undefined,
    };
  }
  let latest: Progress | null = null;
  const bar = new SingleBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    // Our own handler stops the work first; the library's would only stop the bar.
    gracefulExit: false,
    format: () => (latest === null ? "" : drawProgress(latest)),
  });
  return {
    onProgress(progress) {
      const isFirst = latest === null;
      latest = progress;
      // The library draws what `format` says; its own figures stay unused, because an operation has several phases.
      if (isFirst) bar.start(1, 0);
      else bar.update({});
    },
    stop() {
      if (latest === null) return;
      latest = null;
      bar.stop();
    },
  };
}
