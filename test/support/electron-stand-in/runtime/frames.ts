// The frames of one page, as `event.senderFrame` and `webContents.mainFrame` show them.
import type { WebFrameMain } from "electron";

import type { Protocol } from "./cdp-protocol.ts";
import { LoudEmitter } from "./loud.ts";
import { fromWire, originOf } from "./wire-url.ts";

type Emulated = "url" | "origin" | "name" | "processId" | "routingId" | "frameTreeNodeId" | "frameToken" | "detached" | "isDestroyed";

let nextRoutingId = 1;

export class StandInFrame extends LoudEmitter implements Pick<WebFrameMain, Emulated> {
  readonly processId = 1;
  readonly routingId = nextRoutingId++;
  readonly frameTreeNodeId = this.routingId;
  readonly frameToken: string;
  readonly parent: StandInFrame | null;
  readonly frames: StandInFrame[] = [];
  /** As Chromium has it; `url` is what the app sees. */
  wireUrl = "";
  name = "";
  detached = false;

  constructor(id: string, parent: StandInFrame | null) {
    super();
    this.frameToken = id;
    this.parent = parent;
    parent?.frames.push(this);
  }

  get url(): string {
    return fromWire(this.wireUrl);
  }
  get origin(): string {
    return originOf(this.url);
  }
  get top(): StandInFrame {
    return this.parent?.top ?? this;
  }
  get framesInSubtree(): StandInFrame[] {
    return [this, ...this.frames.flatMap((frame) => frame.framesInSubtree)];
  }
  isDestroyed(): boolean {
    return this.detached;
  }
}

export class FrameTree {
  readonly #frames = new Map<string, StandInFrame>();
  readonly main: StandInFrame;

  constructor() {
    this.main = new StandInFrame("main", null);
  }

  /** The page's target id is its main frame's id; it is only known once the page exists. */
  nameMain(frameId: string): void {
    this.#frames.set(frameId, this.main);
  }

  get(frameId: string): StandInFrame | undefined {
    return this.#frames.get(frameId);
  }

  attach(frameId: string, parentId: string): void {
    // A frame that moves to a process of its own is attached again; it stays the same frame.
    if (this.#frames.has(frameId)) return;
    this.#frames.set(frameId, new StandInFrame(frameId, this.#frames.get(parentId) ?? this.main));
  }

  navigated(frame: Protocol.Page.Frame): void {
    if (frame.parentId !== undefined) this.attach(frame.id, frame.parentId);
    const known = this.#frames.get(frame.id);
    if (!known) return;
    known.wireUrl = frame.url + (frame.urlFragment ?? "");
    known.name = frame.name ?? "";
  }

  detach(frameId: string): void {
    const frame = this.#frames.get(frameId);
    if (!frame || frame === this.main) return;
    frame.detached = true;
    const siblings = frame.parent?.frames ?? [];
    siblings.splice(siblings.indexOf(frame), 1);
    this.#frames.delete(frameId);
  }
}
