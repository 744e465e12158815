// One page of Chromium: makes the target, puts the injected scripts and the request gate in place before anything loads, carries
// messages to the preload's world and keeps track of frames. What the page's events mean to the app is web-contents.ts's business.
import type { FromPage, ToPage } from "../page/messages.ts";
import { type CdpSession, TargetGone } from "./cdp.ts";
import { browser, takeStartWindow } from "./chromium.ts";
import type { FrameTree, StandInFrame } from "./frames.ts";
import { ISOLATED_WORLD, type InjectedScripts } from "./injected-scripts.ts";
import { nativeTheme } from "./native-theme.ts";
import { complain } from "./record.ts";
import { RequestGate, type GateKeeper } from "./request-gate.ts";

export interface PageOwner extends GateKeeper {
  onMessage(message: FromPage, frame: StandInFrame | null, contextId: number): void;
  onSession(session: CdpSession): void;
  askToOpen(url: string, frameName: string, features: string): void;
}

const hosts = new Map<string, PageHost>();

export function hostOfTarget(targetId: string): PageHost | undefined {
  return hosts.get(targetId);
}

export class PageHost {
  readonly frames: FrameTree;
  /** Everything that needs the page waits for this, so that constructors can stay synchronous. */
  readonly opened: Promise<void>;
  readonly owner: PageOwner;
  #targetId = "";
  #session: CdpSession | undefined;
  /** The preload's world of the document that is loaded now. */
  #world: number | undefined;
  #tabStrip: { readonly width: number; readonly height: number } | undefined;
  readonly #contextFrames = new Map<number, string>();
  readonly #scripts: InjectedScripts;

  constructor(owner: PageOwner, frames: FrameTree, scripts: InjectedScripts, size: { width: number; height: number }) {
    this.owner = owner;
    this.frames = frames;
    this.#scripts = scripts;
    this.opened = this.#open(size);
    this.opened.catch(ignoreGone);
  }

  get targetId(): string {
    return this.#targetId;
  }

  get session(): CdpSession {
    if (!this.#session) throw new TargetGone("the page is not open");
    return this.#session;
  }

  async #open(size: { width: number; height: number }): Promise<void> {
    const { root } = browser();
    const started = takeStartWindow();
    this.#targetId = started ?? (await root.send("Target.createTarget", { url: "about:blank", newWindow: true, ...size })).targetId;
    hosts.set(this.#targetId, this);
    this.frames.nameMain(this.#targetId);
    const session = await browser().attach(this.#targetId);
    this.#session = session;
    this.#followWorlds(session);
    // The frames first: the owner's listeners read them.
    const setUp = this.#setUp(session);
    this.owner.onSession(session);
    await Promise.all([
      setUp,
      session.send("Page.setLifecycleEventsEnabled", { enabled: true }),
      session.send("Runtime.addBinding", { name: this.#scripts.binding, executionContextName: ISOLATED_WORLD }),
      session.send("Log.enable"),
      session.send("Page.addScriptToEvaluateOnNewDocument", { source: this.#scripts.main }),
      session.send("Page.addScriptToEvaluateOnNewDocument", { source: this.#scripts.isolated, worldName: ISOLATED_WORLD }),
      this.applyTheme(),
    ]);
    await this.resize(size.width, size.height);
  }

  /** For the page itself and for frames of other sites, which live in processes and sessions of their own. */
  async #setUp(session: CdpSession): Promise<void> {
    session.on("Page.frameAttached", ({ frameId, parentFrameId }) => this.frames.attach(frameId, parentFrameId));
    session.on("Page.frameNavigated", ({ frame }) => this.frames.navigated(frame));
    session.on("Page.frameDetached", ({ frameId, reason }) => {
      if (reason !== "swap") this.frames.detach(frameId);
    });
    // Only for what did not go through the injected window.open: forms, frames. targets.ts closes the popup itself.
    session.on("Page.windowOpen", ({ url, windowName, windowFeatures }) => this.owner.askToOpen(url, windowName, windowFeatures.join(",")));
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      const child = browser().adopt(sessionId);
      const prepared = targetInfo.type === "iframe" ? this.#setUp(child) : Promise.resolve();
      prepared.then(() => child.send("Runtime.runIfWaitingForDebugger")).catch(ignoreGone);
    });
    const gate = new RequestGate(session, this.frames, this.owner);
    session.on("Fetch.requestPaused", (request) => void gate.handle(request).catch(ignoreGone));
    await Promise.all([
      session.send("Page.enable"),
      session.send("Runtime.enable"),
      session.send("Fetch.enable", { patterns: [{ urlPattern: "*" }, { urlPattern: "*", requestStage: "Response" }] }),
      session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    ]);
  }

  #followWorlds(session: CdpSession): void {
    session.on("Runtime.executionContextCreated", ({ context }) => {
      const { frameId } = (context.auxData ?? {}) as { frameId?: string };
      if (frameId !== undefined) this.#contextFrames.set(context.id, frameId);
    });
    session.on("Runtime.executionContextDestroyed", ({ executionContextId }) => {
      this.#contextFrames.delete(executionContextId);
      if (executionContextId === this.#world) this.#world = undefined;
    });
    session.on("Runtime.executionContextsCleared", () => {
      this.#contextFrames.clear();
      this.#world = undefined;
    });
    session.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
      if (name !== this.#scripts.binding) return;
      const message = JSON.parse(payload) as FromPage;
      if (message.type === "world-ready") this.#world = executionContextId;
      else this.owner.onMessage(message, this.frames.get(this.#contextFrames.get(executionContextId) ?? "") ?? null, executionContextId);
    });
  }

  /** Lost when the document is gone, as in Electron. */
  post(message: ToPage, contextId = this.#world): void {
    if (contextId === undefined) return;
    const expression = `${this.#scripts.receiver}(${JSON.stringify(JSON.stringify(message))})`;
    this.session.send("Runtime.evaluate", { contextId, expression }).catch(ignoreGone);
  }

  /** Where a file of the page lies on disk; empty when a script made it. Chromium alone knows. */
  async pathOfFile(id: number, contextId: number): Promise<string> {
    const { result } = await this.session.send("Runtime.evaluate", { contextId, expression: `${this.#scripts.files}(${id})` });
    if (result.objectId === undefined) throw new Error(`no file ${id} in the page`);
    return (await this.session.send("DOM.getFileInfo", { objectId: result.objectId })).path;
  }

  async evaluate(expression: string, userGesture = false): Promise<unknown> {
    await this.opened;
    const { result, exceptionDetails } = await this.session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as unknown;
  }

  async applyTheme(): Promise<void> {
    const value = nativeTheme.shouldUseDarkColors ? "dark" : "light";
    await this.#session?.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  }

  /**
   * Chromium's windows keep room for a tab strip. How much is measured once, before the first change: a page follows its window a
   * moment later, so that what it says right after a change may be its size before.
   */
  async resize(width: number, height: number): Promise<void> {
    const { root } = browser();
    const { windowId, bounds } = await root.send("Browser.getWindowForTarget", { targetId: this.#targetId });
    if (this.#tabStrip === undefined) {
      const { cssVisualViewport } = await this.session.send("Page.getLayoutMetrics");
      this.#tabStrip = { width: (bounds.width ?? 0) - Math.round(cssVisualViewport.clientWidth), height: (bounds.height ?? 0) - Math.round(cssVisualViewport.clientHeight) };
    }
    await root.send("Browser.setWindowBounds", { windowId, bounds: { width: width + this.#tabStrip.width, height: height + this.#tabStrip.height } });
  }

  async close(): Promise<void> {
    await this.opened.catch(() => undefined);
    hosts.delete(this.#targetId);
    await browser().root.send("Target.closeTarget", { targetId: this.#targetId }).catch(ignoreGone);
  }
}

nativeTheme.on("updated", () => {
  for (const host of hosts.values()) host.applyTheme().catch(ignoreGone);
});

/** A page that closes while something is under way is no failure; anything else is said aloud. */
export function ignoreGone(error: unknown): void {
  if (!(error instanceof TargetGone)) complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
