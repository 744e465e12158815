/** What the browser host can do beyond its page: next to nothing, and the app knows it from here. */
import type { HostPorts } from "../app/ports.ts";

export const webPorts: HostPorts = {
  host: "web",
  // There is no keychain that works on a server and without a desktop: keys stay in memory.
  keychain: null,
  // The page has the browser's clipboard.
  clipboard: null,
  // The app's own folder list takes the place of the system's dialogs.
  dialogs: null,
  // The page may be open on the far side of a tunnel: nothing may open on the machine that serves it.
  shell: null,
  notify: null,
  canStartAtLogin: false,
  canUpdate: false,
};
