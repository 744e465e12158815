// What the app did that would have left the machine or reached the desktop. Tests read it with `standInRecord` of launch.ts.

export const CONTROL = Symbol.for("electron-stand-in");

export interface StandInRecord {
  openedExternally: string[];
  openedPaths: string[];
  shownInFolder: string[];
  trashed: string[];
  notifications: { title: string; body: string }[];
  dialogs: { method: string; options: unknown }[];
  permissions: { kind: "request" | "check" | "device"; permission: string; granted: boolean }[];
  progress: number[];
  /** Titles of windows that were made hidden and shown before their page was painted. */
  shownUnpainted: string[];
  relaunches: unknown[];
  loginItemSettings: unknown[];
  protocolClients: string[];
  ipcWithoutListener: string[];
  deniedRequires: string[];
  preloadErrors: { path: string; message: string }[];
  requests: string[];
}

export const record: StandInRecord = {
  openedExternally: [],
  openedPaths: [],
  shownInFolder: [],
  trashed: [],
  notifications: [],
  dialogs: [],
  permissions: [],
  progress: [],
  shownUnpainted: [],
  relaunches: [],
  loginItemSettings: [],
  protocolClients: [],
  ipcWithoutListener: [],
  deniedRequires: [],
  preloadErrors: [],
  requests: [],
};

/** Goes to stderr, where the launch helper and Playwright's logs pick it up. */
export function complain(message: string): void {
  process.stderr.write(`stand-in: ${message}\n`);
}
