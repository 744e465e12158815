// `dialog`: nobody is there to answer, so a dialog fails unless the test has put an answer in its place.
import type { Dialog } from "electron";

import { loud } from "./loud.ts";
import { complain, record } from "./record.ts";

function unanswered(method: keyof Dialog): never {
  throw new Error(`stand-in: dialog.${method} opened, but the test gave no answer (replace dialog.${method} through electronApp.evaluate)`);
}

function asking(method: keyof Dialog): (...args: unknown[]) => Promise<never> {
  return (...args) => {
    record.dialogs.push({ method, options: args.at(-1) });
    return new Promise(() => unanswered(method));
  };
}

function askingAtOnce(method: keyof Dialog): (...args: unknown[]) => never {
  return (...args) => {
    record.dialogs.push({ method, options: args.at(-1) });
    return unanswered(method);
  };
}

export const dialog = loud("dialog", {
  showOpenDialog: asking("showOpenDialog"),
  showSaveDialog: asking("showSaveDialog"),
  showMessageBox: asking("showMessageBox"),
  showOpenDialogSync: askingAtOnce("showOpenDialogSync"),
  showSaveDialogSync: askingAtOnce("showSaveDialogSync"),
  showMessageBoxSync: askingAtOnce("showMessageBoxSync"),
  showErrorBox(title: string, content: string): void {
    record.dialogs.push({ method: "showErrorBox", options: { title, content } });
    complain(`error box: ${title}: ${content}`);
  },
} satisfies Pick<Dialog, "showErrorBox" | "showOpenDialog" | "showSaveDialog" | "showMessageBox" | "showOpenDialogSync" | "showSaveDialogSync" | "showMessageBoxSync">);
