/** The one module that touches the clipboard. A copied variable is taken away after a minute, and kept out of histories where the system can be asked to. */
import { clipboard, ClipboardItem } from "electron";
import { createSecretClipboard, type SecretClipboard } from "./secret-clipboard.ts";

/** A format of the system's own, by its name there. */
const native = (format: string): string => `electron application/osclipboard;format="${format}"`;

/** What says "this is a secret" to the system's clipboard history, or to the programs that keep one. The value is what its readers look for. */
const markers: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<string, string | Blob>>>>> = {
  // Documented by Microsoft; each is read as a number of four bytes, and zero means no.
  win32: {
    [native("ExcludeClipboardContentFromMonitorProcessing")]: new Blob([new Uint8Array(4)]),
    [native("CanIncludeInClipboardHistory")]: new Blob([new Uint8Array(4)]),
    [native("CanUploadToCloudClipboard")]: new Blob([new Uint8Array(4)]),
  },
  // The agreement at nspasteboard.org.
  darwin: { [native("org.nspasteboard.ConcealedType")]: "1" },
  // KDE's Klipper, and others after it.
  linux: { [native("x-kde-passwordManagerHint")]: "secret" },
};

/** `onEnd` is told when a secret was taken away, or left because something else was there. */
export function setupClipboard(onEnd: (state: "cleared" | "left") => void): SecretClipboard {
  return createSecretClipboard(
    {
      async writeSecret(text) {
        await clipboard.write([new ClipboardItem({ "text/plain": text, ...markers[process.platform] })]);
      },
      readText: () => clipboard.readText(),
      clear: () => clipboard.clear(),
    },
    onEnd,
  );
}

/** Puts words there that are no secret. */
export async function copyText(text: string): Promise<void> {
  await clipboard.writeText(text);
}
