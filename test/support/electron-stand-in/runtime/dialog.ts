// `dialog`: nobody is there to answer, so a dialog fails unless the test has put an answer in its place.
import type { Dialog } from "electron";

import { app } from "./app.ts";
import { loud } from "./loud.ts";
import { complain, record } from "./record.ts";

function unanswered(method: keyof Dialog): never {
  throw new Error(`stand-in: dialog.${method} opened, but the test gave no answer (replace dialog.${method} through electronApp.evaluate)`);
}

/** Of all of them only the error box is there before the app is ready. */
function opened(method: keyof Dialog, args: readonly unknown[]): void {
  if (!app.isReady()) throw new Error("dialog module can only be used after app is ready");
  record.dialogs.push({ method, options: args.at(-1) });
}

function asking(method: keyof Dialog): (...args: unknown[]) => Promise<never> {
  return (...args) => {
    opened(method, args);
    return new Promise(() => unanswered(method));
  };
}

function askingAtOnce(method: keyof Dialog): (...args: unknown[]) => never {
  return (...args) => {
    opened(method, args);
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
