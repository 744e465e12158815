/** Commands about this computer: what the host can do, dialogs and folders, the file manager, links, the app's own settings. */
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, parse } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import { links } from "../../../shared/links.ts";
import { notAFolder, protectionHint, systemCode } from "../../engine/backup/file-errors.ts";
import { VERSION } from "../../engine/program.ts";
import { isBackupName } from "../../engine/vault/names.ts";
import type { Handlers } from "../gate.ts";
import { pathInVault } from "../operations/open-from.ts";
import type { Services } from "../services.ts";
import { siteOf } from "../sites/site-store.ts";

type HostHandlers = Pick<Handlers, "app.info" | "settings.get" | "settings.update" | "dialog.choose" | "folder.browse" | "host.show" | "host.open" | "host.copy">;

/** A folder with more is not one that somebody picks from by hand. */
const MAX_BROWSED = 1_000;

export function createHostHandlers({ ports, secrets, store, tokens, emit, suggestedVaults }: Services, notices: readonly ErrorValue[]): HostHandlers {
  return {
    "app.info": async () => ({
      host: ports.host,
      version: VERSION,
      platform: process.platform,
      clipboard: ports.clipboard === null ? "page" : "host",
      secrets: await secrets.protection(),
      dialogs: ports.dialogs !== null,
      fileManager: ports.shell !== null,
      notifications: ports.notify !== null,
      startAtLogin: ports.canStartAtLogin,
      updates: ports.canUpdate,
      suggestedVault: suggestedVaults,
      notices: [...notices],
    }),

    "settings.get": () => Promise.resolve(store.value.settings),
    async "settings.update"(changes) {
      const known = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const { settings } = await store.update((value) => ({ ...value, settings: { ...value.settings, ...known } }));
      emit({ type: "settings", settings });
      return settings;
    },

    async "dialog.choose"({ what, suggestedName }) {
      if (ports.dialogs === null) throw notHere();
      const path = await ports.dialogs.choose(what, suggestedName);
      return { chosen: path === null ? null : { token: tokens.give(path, what), shown: path } };
    },

    async "folder.browse"({ folder }) {
      // Where there are dialogs a window has no business listing folders.
      if (ports.dialogs !== null) throw notHere();
      const path = folder === undefined ? await firstFolder() : tokens.pathOf(folder, "browse");
      const parent = dirname(path);
      return {
        token: tokens.give(path, "browse"),
        shown: path,
        parent: parent === path ? null : tokens.give(parent, "browse"),
        entries: (await listFolder(path)).map(({ name, kind }) => ({ name, kind, token: tokens.give(join(path, name), "browse") })),
      };
    },

    async "host.show"({ siteId, name }) {
      const site = siteOf(store, siteId);
      if (ports.shell === null) throw notHere();
      if (name === undefined) await ports.shell.openFolder(site.vault);
      else await ports.shell.showFile(await pathInVault(site, name));
      return { done: true };
    },

    async "host.open"({ link }) {
      if (ports.shell === null) throw notHere();
      await ports.shell.openLink(links[link]);
      return { done: true };
    },

    async "host.copy"({ text }) {
      if (ports.clipboard === null) throw notHere();
      await ports.clipboard.copy(text);
      return { done: true };
    },
  };
}

function notHere(): KeeperError {
  return new KeeperError("NOT_AVAILABLE_HERE", "This does not work in this window.", { hint: "It works in the desktop app, or the other way about." });
}

/** The owner's own. A program of a server often runs as a user who has none. */
async function firstFolder(): Promise<string> {
  const home = homedir();
  return (await stat(home).catch(() => null)) === null ? parse(home).root : home;
}

/** Folders, and files that may be backups; what is hidden stays hidden. Throws FOLDER_NOT_FOUND, FILE_UNREADABLE. */
async function listFolder(path: string): Promise<{ name: string; kind: "folder" | "file" }[]> {
  try {
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => ({ name, kind: "folder" as const }));
    const files = entries.filter((entry) => entry.isFile() && (isBackupName(entry.name) || /\.(?:json|age|txt|env)$/i.test(entry.name))).map(({ name }) => ({ name, kind: "file" as const }));
    const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name, "en", { numeric: true });
    return [...folders.sort(byName), ...files.sort(byName)].slice(0, MAX_BROWSED);
  } catch (error) {
    throw asBrowseError(error);
  }
}

function asBrowseError(error: unknown): unknown {
  switch (systemCode(error)) {
    case undefined:
      return error;
    case "ENOENT":
      return new KeeperError("FOLDER_NOT_FOUND", "This folder is not there any more.", { hint: "Choose another one.", cause: error });
    case "ENOTDIR":
      return notAFolder(error);
    default:
      return new KeeperError("FILE_UNREADABLE", "This folder cannot be opened.", { hint: protectionHint(error, "read") ?? "It may belong to somebody else. Choose another one.", cause: error });
  }
}
