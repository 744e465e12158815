// Translates CDP's events of a page into those that webContents emits.
import type { CdpSession } from "./cdp.ts";
import type { Protocol } from "./cdp-protocol.ts";
import type { StandInWebContents } from "./web-contents.ts";
import { fromWire } from "./wire-url.ts";

type Level = Electron.WebContentsConsoleMessageEventParams["level"];

const CONSOLE_LEVELS: Partial<Record<Protocol.Runtime.consoleAPICalledPayload["type"], Level>> = { assert: "error", debug: "debug", error: "error", warning: "warning" };
const LOG_LEVELS: Record<Protocol.Log.LogEntry["level"], Level> = { verbose: "debug", info: "info", warning: "warning", error: "error" };

export function forwardPageEvents(session: CdpSession, contents: StandInWebContents): void {
  const { mainFrame } = contents;
  // Before the first navigation the page is Chromium's empty one, of which Electron's app never hears.
  const started = (): boolean => mainFrame.wireUrl !== "" && mainFrame.wireUrl !== "about:blank";
  let shown = false;
  const readyToShow = (): void => {
    if (!shown && started()) setImmediate(() => contents.emit("stand-in:ready-to-show"));
    shown ||= started();
  };
  const say = (level: Level, message: string, lineNumber: number, sourceId: string): void => {
    contents.emit("console-message", { level, message, lineNumber, sourceId, frame: mainFrame });
  };

  session.on("Page.frameNavigated", ({ frame }) => {
    if (frame.parentId !== undefined) return void contents.emit("did-frame-navigate", {}, fromWire(frame.url), 200, "", false, 1, 1);
    if (started()) contents.emit("did-navigate", {}, mainFrame.url, 200, "");
  });
  session.on("Page.navigatedWithinDocument", ({ frameId, url }) => {
    const frame = contents.host.frames.get(frameId);
    if (!frame) return;
    frame.wireUrl = url;
    contents.emit("did-navigate-in-page", {}, fromWire(url), frame === mainFrame, 1, frame.routingId);
  });
  session.on("Page.domContentEventFired", () => {
    if (started()) contents.emit("dom-ready", {});
  });
  session.on("Page.loadEventFired", () => {
    if (!started()) return;
    contents.loading = false;
    contents.emit("did-finish-load", {});
    contents.emit("did-stop-loading");
    // A headless window may never report a first paint; the loaded page can be shown in any case.
    readyToShow();
  });
  session.on("Page.lifecycleEvent", ({ name }) => {
    if (name === "firstPaint") readyToShow();
  });
  session.on("Runtime.consoleAPICalled", ({ type, args, stackTrace }) => {
    const [at] = stackTrace?.callFrames ?? [];
    const text = args.map((arg) => String(arg.value ?? arg.description ?? arg.unserializableValue ?? arg.type)).join(" ");
    say(CONSOLE_LEVELS[type] ?? "info", text, (at?.lineNumber ?? -1) + 1, fromWire(at?.url ?? ""));
  });
  session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
    const { exception, lineNumber, text, url } = exceptionDetails;
    say("error", `${text} ${exception?.description ?? ""}`.trim(), lineNumber + 1, fromWire(url ?? ""));
  });
  session.on("Log.entryAdded", ({ entry }) => say(LOG_LEVELS[entry.level], entry.text, entry.lineNumber ?? 0, fromWire(entry.url ?? "")));
  session.on("Inspector.targetCrashed", () => {
    contents.crashed = true;
    contents.emit("render-process-gone", {}, { reason: "crashed", exitCode: 1 });
  });
}
