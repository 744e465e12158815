/** How the app ends: asked while something runs, in order whatever happens, and with a word in the log when it was not meant. */
import { app, powerMonitor } from "electron";
import type { Log } from "../app/keeper-app.ts";
import { askToQuit, showFatal } from "./dialogs.ts";
import type { SecretClipboard } from "./secret-clipboard.ts";
import { quitQuestion } from "./site-condition.ts";
import type { StateWatch } from "./state-watch.ts";
import type { MainWindow } from "./window.ts";

/** Has to come first: what fails before it is lost. The app ends after a failure nobody caught: what it would do next nobody knows. */
export function setupCrashHandling(log: Log): void {
  let isEnding = false;
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      const ref = log.error(`The app failed (${event}).`, error);
      if (isEnding) return;
      isEnding = true;
      showFatal("Account Keeper has to close.", `Something went wrong inside it. Your backups are untouched. Open it again; if it happens again, report it with this word: ${ref}`);
      endNow(1);
    });
  }
  app.on("child-process-gone", (_event, { type, reason, serviceName }) => {
    if (reason !== "clean-exit") log.warn(`A process of Electron ended: ${serviceName ?? type}, ${reason}.`);
  });
}

/** Takes the engine with it. Until quitting was set up there is none. */
let endNow: (code: number) => void = (code) => app.exit(code);

interface QuitOptions {
  readonly state: StateWatch;
  readonly window: MainWindow;
  readonly clipboard: SecretClipboard;
  readonly close: () => Promise<void>;
  readonly log: Log;
}

export interface Quitting {
  /** From then on closing the window means it. */
  hasBegun(): boolean;
}

/** One question at most; then the clipboard is cleared and the engine closes, for 10 s at most. */
export function setupQuit({ state, window, clipboard, close, log }: QuitOptions): Quitting {
  let stage: "open" | "asking" | "ending" | "ended" = "open";
  let isSystemEnding = false;
  const isAsking = (): boolean => stage === "asking";

  async function end(code: number): Promise<void> {
    stage = "ending";
    await Promise.all([clipboard.clearNow(), close()]);
    stage = "ended";
    if (code === 0) app.quit();
    else app.exit(code);
  }

  async function ask(): Promise<void> {
    const question = isSystemEnding ? null : quitQuestion(state.current());
    if (question !== null) {
      stage = "asking";
      window.show();
      const isToEnd = await askToQuit(window.current(), question);
      // The system, or a failure, did not wait for the answer.
      if (!isAsking()) return;
      if (!isToEnd) {
        stage = "open";
        return;
      }
    }
    await end(0);
  }

  function inOrder(ending: Promise<void>): void {
    ending.catch((error: unknown) => {
      log.error("The app could not end in order.", error);
      app.exit(1);
    });
  }

  app.on("before-quit", (event) => {
    if (stage === "ended") return;
    event.preventDefault();
    if (stage === "open") inOrder(ask());
  });
  // A system that goes down waits for nobody's answer.
  const onSystemEnd = (): void => {
    isSystemEnding = true;
    if (isAsking()) inOrder(end(0));
    else app.quit();
  };
  // Its types say that it comes with nothing.
  powerMonitor.on("shutdown", (...[event]: readonly Electron.Event[]) => {
    // Linux and macOS then wait for this process, as long as they wait for anybody.
    event?.preventDefault();
    onSystemEnd();
  });
  app.on("browser-window-created", (_event, created) => {
    created.on("session-end", onSystemEnd);
  });
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin" && stage === "open") app.quit();
  });
  endNow = (code) => {
    if (stage === "open" || isAsking()) end(code).catch(() => app.exit(code));
  };

  return { hasBegun: () => stage === "ending" || stage === "ended" };
}
