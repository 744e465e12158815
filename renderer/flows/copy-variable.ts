/**
 * Copies the variable, through the host's clipboard or the page's own, and sees that it does not stay there. The value
 * never enters a store: it lives in this module only while the page itself has to clear it.
 */
import { call } from "../api/bridge.ts";
import { resultOf, runOperation } from "../api/operations.ts";
import type { ErrorValue } from "../../shared/errors.ts";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { announce } from "../stores/announcer.ts";
import { clipboardStore, setClipboardState, setCopied, setCopyFailed, setCopying, setCopyStopped, type VariableForm } from "../stores/clipboard.ts";
import { noteRedeployCopy } from "../stores/redeploy.ts";
import { settingsStore } from "../stores/settings.ts";
import { en } from "../strings/en.ts";

const PAGE_CLEARS_AFTER_MS = 60_000;

/** What the page has put on the clipboard and has to take away again. */
interface OnClipboard {
  readonly text: string;
  readonly timer: ReturnType<typeof setTimeout>;
}
let ours: OnClipboard | null = null;

export function inForm(value: string, form: VariableForm): string {
  if (form === "value") return value;
  const line = `${VARIABLE_NAME}=${value}`;
  return form === "dotenv" ? `${line}\n` : line;
}

async function copyThroughHost(siteId: string, form: VariableForm): Promise<void> {
  const run = await runOperation("copy_variable", { siteId, form });
  if (!run.ok) {
    setCopyFailed(siteId, run.error);
    return;
  }
  const copied = resultOf(run.value, "copy_variable");
  if (copied === null) {
    if (run.value.error === null || run.value.state === "cancelled") setCopyStopped();
    else setCopyFailed(siteId, run.value.error);
    return;
  }
  const now = Date.now();
  noteCopied({ siteId, form: copied.form, accounts: copied.accounts, length: copied.length, checksum: copied.checksum, at: now, clearsAt: copied.clearsInMs === null ? null : now + copied.clearsInMs });
}

function noteCopied(copied: Omit<Parameters<typeof setCopied>[0], "state">): void {
  setCopied({ ...copied, state: "there" });
  noteRedeployCopy(copied.siteId, { at: new Date(copied.at).toISOString(), length: copied.length, checksum: copied.checksum, accounts: copied.accounts });
  if (copied.clearsAt !== null) announce(en.variable.clearsAloud(Math.round((copied.clearsAt - copied.at) / 1_000)));
}

const CLIPBOARD_REFUSED: ErrorValue = { code: "NOT_AVAILABLE_HERE", ...en.errors.clipboard, retryable: true };

async function writeToPage(text: Promise<string>): Promise<boolean> {
  try {
    // A promise inside the item keeps the click's permission alive while the accounts are still being read.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text.then((value) => new Blob([value], { type: "text/plain" })) })]);
    return true;
  } catch {
    // Not every browser takes a promise there.
    return await text.then((value) => navigator.clipboard.writeText(value)).then(() => true, () => false);
  }
}

async function copyThroughPage(siteId: string, form: VariableForm): Promise<void> {
  const asked = call("variable.reveal", { siteId });
  const text = asked.then((answer) => {
    if (!answer.ok) throw new Error(answer.error.code);
    return inForm(answer.value.value, form);
  });
  const isWritten = await writeToPage(text);
  const answer = await asked;
  if (!answer.ok || !isWritten) {
    setCopyFailed(siteId, answer.ok ? CLIPBOARD_REFUSED : answer.error);
    return;
  }
  const now = Date.now();
  const { accounts, length, checksum, value } = answer.value;
  noteCopied({ siteId, form, accounts, length, checksum, at: now, clearsAt: now + PAGE_CLEARS_AFTER_MS });
  // Only now: a copy that was refused has put nothing in the place of the one before.
  if (ours !== null) clearTimeout(ours.timer);
  const copied: OnClipboard = { text: inForm(value, form), timer: setTimeout(() => void clearPage(copied), PAGE_CLEARS_AFTER_MS) };
  ours = copied;
}

/** Only when it is still ours. A page without the keyboard's focus may not look: it waits until it has it again. */
async function clearPage(copied: OnClipboard): Promise<void> {
  // Another one took its place, and has a time of its own.
  if (ours !== copied) return;
  if (!document.hasFocus()) {
    window.addEventListener("focus", () => void clearPage(copied), { once: true });
    return;
  }
  ours = null;
  try {
    // Browsers end lines in their own way.
    const there = await navigator.clipboard.readText();
    if (there.trim() !== copied.text.trim()) {
      setClipboardState("left");
      announce(en.variable.left);
      return;
    }
    await navigator.clipboard.writeText("");
    setClipboardState("cleared");
    announce(en.variable.cleared);
  } catch {
    setClipboardState("unknown");
  }
}

export async function copyVariable(siteId: string, form: VariableForm = "value"): Promise<void> {
  if (clipboardStore.getState().busySiteId !== null) return;
  setCopying(siteId);
  if (settingsStore.getState().host?.clipboard === "page") await copyThroughPage(siteId, form);
  else await copyThroughHost(siteId, form);
}

/** Words of the window, such as the details of an error. */
export async function copyText(text: string): Promise<boolean> {
  if (settingsStore.getState().host?.clipboard === "page") {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  return (await call("host.copy", { text })).ok;
}
