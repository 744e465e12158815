/** The literal names that cross between window and app. The preload imports nothing else; the contract is checked against them. */

export const commandNames = [
  "app.info",
  "app.ready",
  "operation.start",
  "operation.list",
  "operation.cancel",
  "site.list",
  "site.add",
  "site.update",
  "site.remove",
  "render.update",
  "render.unlink",
  "backup.list",
  "backup.delete",
  "backup.accounts",
  "variable.reveal",
  "variable.inspect",
  "activity.list",
  "settings.get",
  "settings.update",
  "dialog.choose",
  "folder.browse",
  "host.show",
  "host.open",
  "host.copy",
] as const;

export type CommandName = (typeof commandNames)[number];

/** A dropped file's path, from preload to main. No command: a page that asks by name does not get here, so it cannot name a path. */
export const FILE_CHANNEL = "keeper.file";
/** Main to window, the only one of its kind. */
export const EVENT_CHANNEL = "keeper.event";
/** Under this name the preload puts its three functions on `window`. */
export const BRIDGE_NAME = "keeper";
