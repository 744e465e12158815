/** Entry of the desktop app: what has to be there, in its order. Each line's module owns its own concern. */
import { join } from "node:path";
import { app, nativeTheme } from "electron";
import type { AppEvent } from "../shared/contract.ts";
import { registerAppScheme, setupAppProtocol } from "./desktop/app-protocol.ts";
import { setupClipboard } from "./desktop/clipboard.ts";
import { setupDownNotice } from "./desktop/down-notice.ts";
import { setupCrashHandling, setupQuit, type Quitting } from "./desktop/ending.ts";
import { setupEngine } from "./desktop/engine-process.ts";
import { setupSingleInstance, type Calls } from "./desktop/instance.ts";
import { setupIpcGate } from "./desktop/ipc-gate.ts";
import { setupLog } from "./desktop/log.ts";
import { setupLoginItem, startsHidden } from "./desktop/login-item.ts";
import { setupMenu } from "./desktop/menu.ts";
import { createNotifier } from "./desktop/notifications.ts";
import { requireSandbox, setupSecurity } from "./desktop/security.ts";
import { setupStateWatch, type StateWatch } from "./desktop/state-watch.ts";
import { setupTray } from "./desktop/tray.ts";
import { setupUpdates } from "./desktop/updates.ts";
import { setupWindow } from "./desktop/window.ts";

/** `dist/electron`. */
const root = import.meta.dirname;

const log = setupLog();
setupCrashHandling(log);
requireSandbox();
registerAppScheme();
const calls = setupSingleInstance(log);
// Nothing was started that would have to be ended in order.
if (calls === null) app.exit(0);
// Not awaited: Electron is ready only after this file has run.
else void app.whenReady().then(() => setupDesktop(calls));

function setupDesktop(calls: Calls): void {
  let state: StateWatch | null = null;
  let quitting: Quitting | null = null;

  setupSecurity(log);
  setupAppProtocol(join(root, "..", "renderer"), log);
  const window = setupWindow({
    preload: join(root, "preload.cjs"),
    log,
    staysInTray: () => quitting?.hasBegun() !== true && state?.current().settings?.closeToTray === true,
  });
  const send = (event: AppEvent): void => window.send(event);
  const clipboard = setupClipboard((ended) => send({ type: "clipboard", state: ended }));
  const notify = createNotifier((siteId) => window.go({ place: "overview", siteId }), log);
  const engine = setupEngine({ root, window, clipboard, notify, log });
  engine.onEvent(send);
  setupIpcGate({ engine, isOurWindow: window.isOurs, onPageReady: window.pageReady, log });

  state = setupStateWatch(engine, log);
  setupDownNotice(state, notify);
  setupReturn(state, send);
  setupTheme(state);
  const backUp = (siteId: string): void => void engine.call("operation.start", { kind: "backup", input: { siteId } });
  setupMenu({ state, go: window.go, onBackUp: backUp, onQuit: () => app.quit() });
  setupTray({ state, onOpen: window.show, onBackUp: backUp, onQuit: () => app.quit() });
  setupLoginItem(state, log);
  setupUpdates(state, log);
  quitting = setupQuit({ state, window, clipboard, close: () => engine.close(), log });

  calls.onCall((destination) => (destination === null ? window.show() : window.go(destination)));
  if (!startsHidden()) window.show();
}

/** The page that asked in vain learns that the engine is there after all. */
function setupReturn(state: StateWatch, send: (event: AppEvent) => void): void {
  state.onChange((before) => {
    const { engineDown, sites } = state.current();
    if (before.engineDown !== null && engineDown === null) send({ type: "sites", sites: [...sites] });
  });
}

/** Light, dark, or as the system: for the page and for the system's own parts of the window. */
function setupTheme(state: StateWatch): void {
  state.onChange(() => {
    const theme = state.current().settings?.theme;
    if (theme !== undefined && theme !== nativeTheme.themeSource) nativeTheme.themeSource = theme;
  });
}
