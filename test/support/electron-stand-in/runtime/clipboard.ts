// `clipboard` as of Electron 44: in the main process only, and every call but clear answers with a promise.
import type { Clipboard, ClipboardBookmark } from "electron";

import { loud, LoudEmitter } from "./loud.ts";

type Content = string | ClipboardBookmark | Blob | Promise<Blob | string>;

export class StandInClipboardItem extends LoudEmitter {
  readonly #items: Map<string, Content>;

  constructor(items: Record<string, Content>) {
    super();
    this.#items = new Map(Object.entries(items));
    if (this.#items.size === 0) throw new TypeError("Failed to construct 'ClipboardItem': empty dictionary");
  }

  get types(): string[] {
    return [...this.#items.keys()];
  }

  async getType(type: string): Promise<Blob | ClipboardBookmark> {
    const content = await this.#items.get(type);
    if (content === undefined) throw new Error(`The type '${type}' was not found`);
    return typeof content === "string" ? new Blob([content], { type }) : content;
  }
}

type Emulated = Pick<Clipboard, "clear" | "has" | "readText" | "writeText"> & {
  read(): Promise<StandInClipboardItem[]>;
  write(data: StandInClipboardItem[]): Promise<void>;
};

function createClipboard(): Emulated {
  let items: StandInClipboardItem[] = [];
  const find = (type: string): StandInClipboardItem | undefined => items.find((item) => item.types.includes(type));
  return {
    clear: () => void (items = []),
    has: (type: string) => Promise.resolve(find(type) !== undefined),
    async readText(): Promise<string> {
      const text = await find("text/plain")?.getType("text/plain");
      return text instanceof Blob ? text.text() : "";
    },
    writeText: (text: string) => {
      if (typeof text !== "string") return Promise.reject(new TypeError("Error processing argument at index 0, conversion failure"));
      items = [new StandInClipboardItem({ "text/plain": text })];
      return Promise.resolve();
    },
    read: () => Promise.resolve(items),
    write: (data: StandInClipboardItem[]) => {
      items = [...data];
      return Promise.resolve();
    },
  };
}

export const clipboard = loud("clipboard", { ...createClipboard(), selection: loud("clipboard.selection", createClipboard()) });
