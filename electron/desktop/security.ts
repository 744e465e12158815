/** What no page of this app may ever do, whatever it shows: leave, open windows, embed, ask for permissions, reach the network. Every refusal is logged. */
import { app, session, type Session, type WebContents } from "electron";
import type { Log } from "../app/keeper-app.ts";
import { isAppUrl } from "./app-files.ts";

/** For every page there will ever be, whatever its window asks for. Has to come before the app is ready. */
export function requireSandbox(): void {
  app.enableSandbox();
}

/** Call it when the app is ready and before any window is made. */
export function setupSecurity(log: Log): void {
  app.on("web-contents-created", (_event, contents) => confine(contents, log));
  app.on("session-created", (created) => denyPermissions(created, log));
  denyPermissions(session.defaultSession, log);
  // The page talks to the engine only. The policy it is sent with says so too; this holds without it.
  session.defaultSession.webRequest.onBeforeRequest({ urls: ["http://*/*", "https://*/*", "ws://*/*", "wss://*/*", "ftp://*/*"] }, ({ url }, callback) => {
    log.warn(`Refused: a request of the page to ${originOf(url)}.`);
    callback({ cancel: true });
  });
}

function confine(contents: WebContents, log: Log): void {
  contents.setWindowOpenHandler(({ url }) => {
    log.warn(`Refused: a new window for ${originOf(url)}.`);
    return { action: "deny" };
  });
  contents.on("will-navigate", (event) => {
    // Reloading its own page is no way out.
    if (event.isMainFrame && isAppUrl(event.url) && event.url === contents.getURL()) return;
    event.preventDefault();
    log.warn(`Refused: going to ${originOf(event.url)}.`);
  });
  contents.on("will-frame-navigate", (event) => {
    if (event.isMainFrame) return;
    event.preventDefault();
    log.warn(`Refused: a frame going to ${originOf(event.url)}.`);
  });
  contents.on("will-redirect", (event) => {
    event.preventDefault();
    log.warn(`Refused: being sent on to ${originOf(event.url)}.`);
  });
  contents.on("will-attach-webview", (event) => {
    event.preventDefault();
    log.warn("Refused: an embedded page.");
  });
}

function denyPermissions(of: Session, log: Log): void {
  of.setPermissionRequestHandler((_contents, permission, callback) => {
    log.warn(`Refused: the permission ${permission}.`);
    callback(false);
  });
  // Chromium itself asks at every turn: once for each is enough for the log.
  const told = new Set<string>();
  const denyOnce = (what: string): false => {
    if (!told.has(what)) log.warn(`Refused: ${what}.`);
    told.add(what);
    return false;
  };
  of.setPermissionCheckHandler((_contents, permission) => denyOnce(`a look at the permission ${permission}`));
  of.setDevicePermissionHandler(({ deviceType }) => denyOnce(`a device, ${deviceType}`));
}

/** An address may carry anything behind its host. */
function originOf(url: string): string {
  if (!URL.canParse(url)) return "an address that is none";
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
