import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ToWorker } from "../../../electron/desktop/link/messages.ts";
import { init, stageEngine, type FakeWorker } from "./link-stage.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function calls(worker: FakeWorker | undefined): Extract<ToWorker, { type: "call" }>[] {
  return worker?.heard.filter((message) => message.type === "call") ?? [];
}

describe("a call", () => {
  test("goes to the engine's process after its start, and the answer comes back", async () => {
    const { engine, workers } = stageEngine();
    const answer = engine.call("site.list", {});
    expect(workers[0]?.heard).toEqual([{ type: "init", init }, { type: "call", id: 1, command: "site.list", request: {} }]);
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value: { sites: [] } } });
    expect(await answer).toEqual({ ok: true, value: { sites: [] } });
  });

  test("gets its own answer, in whatever order they come", async () => {
    const { engine, workers } = stageEngine();
    const both = Promise.all([engine.call("a", 1), engine.call("b", 2)]);
    workers[0]?.say({ type: "result", id: 2, result: { ok: true, value: "b" } });
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value: "a" } });
    expect(await both).toEqual([{ ok: true, value: "a" }, { ok: true, value: "b" }]);
  });

  test.each([
    "hello",
    null,
    { type: "result" },
    { type: "result", id: 1, result: { ok: false, error: { code: "NO_SUCH_CODE", message: "x", retryable: false } } },
    { type: "result", id: 99, result: { ok: true, value: 1 } },
    { type: "event", event: { type: "go", place: "elsewhere", siteId: null } },
    { type: "event", event: { type: "made_up" } },
    { type: "log", level: "error", message: 5 },
    { type: "launch_missiles" },
  ])("is not answered by %j, which harms nothing", async (odd) => {
    const { engine, workers, events } = stageEngine();
    const answer = engine.call("a", {});
    workers[0]?.say(odd);
    expect(events).toEqual([]);
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value: "late" } });
    expect(await answer).toEqual({ ok: true, value: "late" });
  });
});

describe("a dropped file", () => {
  const token = `path_${"t".repeat(22)}`;

  test("goes to the engine's process, and its token comes back", async () => {
    const { engine, workers } = stageEngine();
    const answer = engine.giveToken("/home/anna/a.json");
    expect(workers[0]?.heard.at(-1)).toEqual({ type: "give_token", id: 1, path: "/home/anna/a.json" });
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value: { token, shown: "a.json" } } });
    expect(await answer).toEqual({ ok: true, value: { token, shown: "a.json" } });
  });

  test.each([null, {}, { token: "/etc/passwd", shown: "passwd" }, { token }])("is not answered with %j", async (value) => {
    const { engine, workers, lines } = stageEngine();
    const answer = engine.giveToken("/home/anna/a.json");
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value } });
    expect(await answer).toMatchObject({ ok: false, error: { code: "INTERNAL", ref: "abc123" } });
    expect(lines.join()).toContain("gave a token that is none");
  });

  test("is answered when the process dies, and not taken when all is over", async () => {
    const { engine, workers } = stageEngine();
    const open = engine.giveToken("/home/anna/a.json");
    workers[0]?.die();
    expect(await open).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED" } });
    await engine.close();
    expect(await engine.giveToken("/home/anna/a.json")).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
  });
});

describe("when the engine's process dies", () => {
  test("open calls are answered, it is started again, and the window is told", async () => {
    const { engine, workers, events, ended } = stageEngine();
    const restarts = vi.fn();
    engine.onRestart(restarts);
    const open = engine.call("operation.list", {});
    workers[0]?.die();
    expect(await open).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED", message: "The engine stopped and was started again.", retryable: true, ref: "abc123" } });
    expect(ended).toEqual([0]);
    const later = engine.call("site.list", {});
    await vi.advanceTimersByTimeAsync(250);
    expect(workers).toHaveLength(2);
    expect(calls(workers[1])).toEqual([{ type: "call", id: 2, command: "site.list", request: {} }]);
    workers[1]?.say({ type: "result", id: 2, result: { ok: true, value: 1 } });
    expect(await later).toEqual({ ok: true, value: 1 });
    expect(restarts).toHaveBeenCalledTimes(1);
    expect(events).toMatchObject([{ type: "notice", notice: { code: "ENGINE_STOPPED" } }]);
  });

  test("what the dead one still says is not heard", async () => {
    const { engine, workers, events } = stageEngine();
    workers[0]?.die();
    await vi.advanceTimersByTimeAsync(250);
    const answer = engine.call("a", {});
    workers[0]?.say({ type: "result", id: 1, result: { ok: true, value: "from the grave" } });
    workers[0]?.say({ type: "event", event: { type: "clipboard", state: "left" } });
    workers[1]?.say({ type: "result", id: 1, result: { ok: true, value: "alive" } });
    expect(await answer).toEqual({ ok: true, value: "alive" });
    expect(events.filter(({ type }) => type === "clipboard")).toEqual([]);
  });

  test("the third time within a minute it stays down and says so", async () => {
    const { engine, workers, events } = stageEngine();
    for (const index of [0, 1, 2]) {
      workers[index]?.die();
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(workers).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: "notice", notice: { message: "The engine keeps stopping.", retryable: false, ref: "abc123" } });
    expect(await engine.call("site.list", {})).toMatchObject({ ok: false, error: { code: "ENGINE_STOPPED", retryable: false } });
    await engine.close();
  });

  test("seldom, it is started every time", async () => {
    const { workers } = stageEngine();
    for (let index = 0; index < 5; index += 1) {
      workers[index]?.die();
      await vi.advanceTimersByTimeAsync(61_000);
    }
    expect(workers).toHaveLength(6);
  });
});

describe("closing", () => {
  test("waits for the engine and then ends its process", async () => {
    const { engine, workers } = stageEngine();
    const open = engine.call("a", {});
    const closed = engine.close();
    expect(await open).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
    expect(workers[0]?.heard.at(-1)).toEqual({ type: "close" });
    expect(workers[0]?.isKilled).toBe(false);
    workers[0]?.say({ type: "closed" });
    await closed;
    expect(workers[0]?.isKilled).toBe(true);
    expect(await engine.call("a", {})).toMatchObject({ ok: false, error: { code: "CANCELLED" } });
  });

  test("takes ten seconds at most", async () => {
    const { engine, workers, lines } = stageEngine();
    const closed = engine.close();
    await vi.advanceTimersByTimeAsync(10_000);
    await closed;
    expect(workers[0]?.isKilled).toBe(true);
    expect(lines.join()).toContain("did not close within 10 s");
  });

  test("is over when the process dies, and starts no other", async () => {
    const { engine, workers } = stageEngine();
    const closed = Promise.all([engine.close(), engine.close()]);
    workers[0]?.die();
    await closed;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
  });

  test("while it waits to be started again, it is not", async () => {
    const { engine, workers } = stageEngine();
    workers[0]?.die();
    await engine.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
  });
});

describe("what the engine asks of the desktop", () => {
  const answerTo = async (port: string, args: unknown[]): Promise<ToWorker | undefined> => {
    const { workers } = stageEngine();
    workers[0]?.say({ type: "port", id: 3, port, args });
    await vi.advanceTimersByTimeAsync(0);
    return workers[0]?.heard.at(-1);
  };

  test("is done, and answered", async () => {
    expect(await answerTo("keychain.seal", ["key"])).toEqual({ type: "answer", id: 3, value: "sealed key" });
  });

  test("and cannot be done comes back as an error", async () => {
    expect(await answerTo("keychain.open", ["x"])).toEqual({ type: "refusal", id: 3, message: "Another user sealed it." });
  });

  test.each([
    ["shell.execute", ["rm"]],
    ["__proto__", []],
    ["toString", []],
    ["keychain.seal", []],
    ["keychain.seal", [1]],
    ["dialogs.choose", ["a place", null]],
    ["server.send", [7, "SIGTERM"]],
  ])("and is not known is refused: %s %j", async (port, args) => {
    expect(await answerTo(port, args)).toMatchObject({ type: "refusal", id: 3 });
  });
});
