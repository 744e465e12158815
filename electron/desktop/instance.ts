/** One running app for each user, and `account-keeper://` links that lead into it. */
import { app } from "electron";
import type { Log } from "../app/keeper-app.ts";
import { LINK_SCHEME, linkAmong, parseDeepLink, type Destination } from "./places.ts";

export interface Calls {
  /** From when on somebody can be shown something. What came before is handed over now. */
  onCall(listener: (destination: Destination | null) => void): void;
}

/** Null: another one runs already and was told; this one has to end. Has to come before the app is ready, or a link that started it is lost. */
export function setupSingleInstance(log: Log): Calls | null {
  if (!app.requestSingleInstanceLock()) return null;
  let listener: ((destination: Destination | null) => void) | null = null;
  let waiting: (Destination | null)[] = [];

  function call(destination: Destination | null): void {
    if (listener === null) waiting.push(destination);
    else listener(destination);
  }

  function callLink(link: string): void {
    const destination = parseDeepLink(link);
    if (destination === null) log.warn(`A link was not followed: ${link.slice(0, 100)}`);
    // The window comes to the front all the same: somebody pressed something.
    call(destination);
  }

  app.on("second-instance", (_event, argv) => {
    const link = linkAmong(argv);
    if (link === null) call(null);
    else callLink(link);
  });
  app.on("open-url", (event, link) => {
    event.preventDefault();
    callLink(link);
  });
  app.on("activate", () => call(null));
  const first = linkAmong(process.argv);
  if (first !== null) callLink(first);
  // Unpackaged it would register Electron itself, for every project on this computer.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);

  return {
    onCall(heard) {
      listener = heard;
      for (const destination of waiting) heard(destination);
      waiting = [];
    },
  };
}
