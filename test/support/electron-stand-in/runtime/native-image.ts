// `nativeImage`: holds the bytes of a PNG and knows its size; nothing is drawn.
import { readFileSync } from "node:fs";

import { LoudEmitter } from "./loud.ts";

type Emulated = "isEmpty" | "toPNG" | "toDataURL" | "getSize" | "setTemplateImage" | "isTemplateImage";

const PNG_HEADER_BYTES = 24;

export class NativeImage extends LoudEmitter implements Pick<Electron.NativeImage, Emulated> {
  readonly #bytes: Buffer;
  #isTemplate = false;

  private constructor(bytes: Buffer) {
    super();
    this.#bytes = bytes;
  }

  static createEmpty(): NativeImage {
    return new NativeImage(Buffer.alloc(0));
  }
  /** An unreadable file gives an empty image, as in Electron. */
  static createFromPath(path: string): NativeImage {
    try {
      return new NativeImage(readFileSync(path));
    } catch {
      return NativeImage.createEmpty();
    }
  }
  static createFromBuffer(bytes: Buffer): NativeImage {
    return new NativeImage(bytes);
  }
  static createFromDataURL(url: string): NativeImage {
    return new NativeImage(Buffer.from(url.split(",")[1] ?? "", "base64"));
  }

  isEmpty(): boolean {
    return this.#bytes.length === 0;
  }
  toPNG(): Buffer {
    return this.#bytes;
  }
  toDataURL(): string {
    return `data:image/png;base64,${this.#bytes.toString("base64")}`;
  }
  getSize(): Electron.Size {
    if (this.#bytes.length < PNG_HEADER_BYTES) return { width: 0, height: 0 };
    return { width: this.#bytes.readUInt32BE(16), height: this.#bytes.readUInt32BE(20) };
  }
  /** The size is not changed: what a test can see of an image is where it went. */
  resize(): this {
    return this;
  }
  setTemplateImage(option: boolean): void {
    this.#isTemplate = option;
  }
  isTemplateImage(): boolean {
    return this.#isTemplate;
  }
}
