/**
 * What the app needs of the host it runs in. Every call is asynchronous and takes plain data only, because on the
 * desktop it crosses from the app's process to Electron's main process.
 */
import type { HostInfo } from "../../shared/model.ts";

/** What a person can be asked to pick. vault and data_folder are folders, export_file is a file that may not be there yet. */
export type DialogWhat = "vault" | "data_folder" | "backup_file" | "export_file";

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Where a click on it leads. */
  readonly siteId: string;
}

/** Encrypts with a key only this user's session has, as a system's keychain does. */
export interface Keychain {
  /** False: there is none, or it would only scramble. */
  isSafe(): Promise<boolean>;
  seal(text: string): Promise<string>;
  /** Throws when it was sealed by somebody else or is damaged. */
  open(sealed: string): Promise<string>;
}

export interface HostPorts {
  readonly host: HostInfo["host"];
  /** Null: keys are kept in memory, until the program ends. */
  readonly keychain: Keychain | null;
  /** Null: the page has a clipboard of its own. */
  readonly clipboard: {
    /** Keeps it out of clipboard histories where it can; returns after how many milliseconds it is cleared. */
    copySecret(text: string): Promise<number>;
    copy(text: string): Promise<void>;
  } | null;
  /** An absolute path; null when nothing was picked. */
  readonly dialogs: { choose(what: DialogWhat, suggestedName?: string): Promise<string | null> } | null;
  readonly shell: { showFile(path: string): Promise<void>; openFolder(path: string): Promise<void>; openLink(url: string): Promise<void> } | null;
  readonly notify: ((notice: Notice) => Promise<void>) | null;
  readonly canStartAtLogin: boolean;
  readonly canUpdate: boolean;
}
