import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWebBridge } from "../../../renderer/api/web-bridge.ts";

const taken = { ok: true, value: { token: "path_0123456789abcdefghijkl", shown: "a b.json" } };
const fetched = vi.fn<typeof fetch>();
const bridge = createWebBridge(() => undefined);

beforeEach(() => {
  fetched.mockReset();
  fetched.mockImplementation(() => Promise.resolve(Response.json(taken)));
  vi.stubGlobal("fetch", fetched);
});

describe("a dropped file in a browser", () => {
  it("is sent as it is, under its name", async () => {
    const file = new File(["bytes"], "a b&c=/ü.json", { type: "application/json" });
    expect(await bridge.takeFile(file)).toEqual(taken);
    const [address, request] = fetched.mock.calls[0] ?? [];
    expect(address).toBe("/api/file?name=a%20b%26c%3D%2F%C3%BC.json");
    expect(request).toMatchObject({ method: "POST", credentials: "same-origin", headers: { "content-type": "application/octet-stream" } });
    expect(request?.body).toBe(file);
  });

  it("that is none, or cannot be read, is not sent", async () => {
    const folder = new File([], "folder");
    vi.spyOn(folder, "slice").mockReturnValue({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) } as Blob);
    for (const file of [folder, "/etc/passwd", { path: "/etc/passwd" }, new Blob(["x"]), null, undefined]) {
      expect(await bridge.takeFile(file)).toMatchObject({ ok: false, error: { code: "BAD_REQUEST", message: "This is no file of this computer." } });
    }
    expect(fetched).not.toHaveBeenCalled();
  });

  it("gets the host's refusal as it is, and a host that is gone as such", async () => {
    const refusal = { ok: false, error: { code: "REQUEST_TOO_LARGE", message: "Too large.", retryable: false } };
    fetched.mockImplementation(() => Promise.resolve(Response.json(refusal, { status: 413 })));
    expect(await bridge.takeFile(new File([], "a"))).toEqual(refusal);
    for (const answer of [() => Promise.reject(new TypeError("Failed to fetch")), () => Promise.resolve(new Response("<html>")), () => Promise.resolve(Response.json(7))]) {
      fetched.mockImplementation(answer);
      expect(await bridge.takeFile(new File([], "a"))).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED", retryable: true } });
      expect(await bridge.call("site.list", {})).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED" } });
    }
  });
});

/** The browser's own stream of events, told what happens to it. */
class FakeStream {
  static readonly CLOSED = 2;
  static readonly opened: FakeStream[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    FakeStream.opened.push(this);
  }
  close(): void {
    this.readyState = FakeStream.CLOSED;
  }
}

/** What the tabs of one browser say to one another, heard at once. */
class FakeChannel {
  static readonly all: FakeChannel[] = [];
  onmessage: (() => void) | null = null;
  constructor() {
    FakeChannel.all.push(this);
  }
  postMessage(): void {
    for (const other of FakeChannel.all) if (other !== this) other.onmessage?.();
  }
}

describe("the stream of events", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeStream.opened.length = 0;
    FakeChannel.all.length = 0;
    vi.stubGlobal("EventSource", FakeStream);
    vi.stubGlobal("BroadcastChannel", FakeChannel);
    vi.stubGlobal("document", { visibilityState: "visible", addEventListener: () => undefined });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function listen() {
    const onGap = vi.fn();
    createWebBridge(onGap).onEvent(() => undefined);
    const [stream] = FakeStream.opened;
    if (stream === undefined) throw new Error("no stream was opened");
    stream.onopen?.();
    return { onGap, stream };
  }

  it.each(["onopen", "onerror"] as const)("is there before anything is asked, or has failed (%s): news that came between would be heard by nobody", async (end) => {
    const early = createWebBridge(() => undefined);
    early.onEvent(() => undefined);
    const answer = early.call("site.list", {});
    await vi.advanceTimersByTimeAsync(100);
    expect(fetched).not.toHaveBeenCalled();
    FakeStream.opened[0]?.[end]?.();
    expect(await answer).toEqual(taken);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("that is lost and soon back is a gap once", () => {
    const { onGap, stream } = listen();
    stream.onerror?.();
    vi.advanceTimersByTime(2_900);
    expect(onGap).not.toHaveBeenCalled();
    stream.onopen?.();
    vi.advanceTimersByTime(60_000);
    expect(onGap).toHaveBeenCalledTimes(1);
  });

  it("that stays away is a gap at once and again when it is back: what ran may have ended with whoever ran it", () => {
    const { onGap, stream } = listen();
    for (let tries = 0; tries < 10; tries += 1) {
      stream.onerror?.();
      vi.advanceTimersByTime(1_000);
    }
    expect(onGap).toHaveBeenCalledTimes(1);
    stream.onopen?.();
    expect(onGap).toHaveBeenCalledTimes(2);
    stream.onerror?.();
    vi.advanceTimersByTime(3_000);
    expect(onGap).toHaveBeenCalledTimes(3);
  });

  it("is given back by a tab that nobody sees as soon as another tab opens its own: a browser has six connections for all of them", () => {
    const heard: (() => void)[] = [];
    const tab = { visibilityState: "visible", addEventListener: (_: string, listener: () => void) => void heard.push(listener) };
    vi.stubGlobal("document", tab);
    const { onGap, stream } = listen();
    createWebBridge(() => undefined).onEvent(() => undefined);
    expect(stream.readyState).toBe(1);
    tab.visibilityState = "hidden";
    createWebBridge(() => undefined).onEvent(() => undefined);
    expect(FakeStream.opened.map(({ readyState }) => readyState)).toEqual([FakeStream.CLOSED, FakeStream.CLOSED, 1]);
    tab.visibilityState = "visible";
    heard[0]?.();
    expect(FakeStream.opened).toHaveLength(4);
    FakeStream.opened[3]?.onopen?.();
    expect(onGap).toHaveBeenCalledTimes(1);
  });

  it("that was ended by the other side is opened anew", () => {
    const { onGap, stream } = listen();
    stream.close();
    stream.onerror?.();
    vi.advanceTimersByTime(3_000);
    expect(FakeStream.opened).toHaveLength(2);
    expect(onGap).toHaveBeenCalledTimes(1);
  });
});
