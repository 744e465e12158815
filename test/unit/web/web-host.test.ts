/** What the browser host does for its own page, and how it ends. */
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { contentSecurityPolicy } from "../../../electron/app/page-headers.ts";
import { startWebHost } from "../../../electron/web/web-host.ts";
import type { AppEvent } from "../../../shared/contract.ts";
import { closeServer, listen } from "../../support/loopback.ts";
import { errorOf, tempFolder } from "../backup/make-backup.ts";
import { createKeptLog, createSmallApp, createWebStage, INDEX, type WebStage } from "./web-stage.ts";

const { Request: ownRequest, Response: ownResponse } = globalThis;

const go = (place: "overview" | "backups"): AppEvent => ({ type: "go", place, siteId: null });

interface Listening {
  readonly response: IncomingMessage;
  /** Resolves with everything so far when it contains this. */
  until(words: string): Promise<string>;
}

async function listenToEvents(stage: WebStage, cookie: string): Promise<Listening> {
  const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/events", headers: { cookie, "sec-fetch-site": "same-origin" }, agent: false });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  onTestFinished(() => void response.destroy());
  let received = "";
  response.on("data", (chunk: Buffer) => (received += chunk.toString()));
  return {
    response,
    async until(words) {
      while (!received.includes(words)) await once(response, "data");
      return received;
    },
  };
}

describe("the window", () => {
  it("gets its files with the right types, and policies that hold", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const expected = [
      ["/", "text/html; charset=utf-8", "no-store"],
      ["/index.html", "text/html; charset=utf-8", "no-store"],
      ["/icon.svg", "image/svg+xml; charset=utf-8", "no-store"],
      ["/assets/index-1a2b.js", "text/javascript; charset=utf-8", "private, max-age=31536000, immutable"],
      ["/assets/index-1a2b.css", "text/css; charset=utf-8", "private, max-age=31536000, immutable"],
      ["/assets/text-1a2b.woff2", "font/woff2", "private, max-age=31536000, immutable"],
    ];
    for (const [path = "", type, cacheControl] of expected) {
      const answer = await stage.send(`${path}?v=1`, { headers: { cookie } });
      expect({ path, status: answer.status, headers: answer.headers }).toMatchObject({
        path,
        status: 200,
        headers: {
          "content-type": type,
          "cache-control": cacheControl,
          "content-security-policy": contentSecurityPolicy("web"),
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-resource-policy": "same-origin",
        },
      });
      if (type?.startsWith("text/html") === true) expect(answer.body).toBe(INDEX);
    }
  });

  it("calls the gate, and gets its answer as it is", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const answer = await stage.call("app.ready", { cookie, body: '{"a":[1,"ü"]}', headers: { "content-type": "application/json; charset=utf-8", "sec-fetch-site": "same-origin" } });
    expect(answer.json()).toEqual({ ok: true, value: { done: true } });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff" } });
    expect(stage.app.calls).toEqual([["app.ready", { a: [1, "ü"] }]]);
    expect(stage.refused()).toEqual([]);
  });

  it("gets a defect of the gate as a typed error that finds its reason in the log", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    stage.app.answer = () => Promise.reject(new Error("anna@example.com"));
    const answer = await stage.call("app.ready", { cookie });
    expect(answer).toMatchObject({ status: 500, headers: { "x-content-type-options": "nosniff", "cache-control": "no-store" } });
    expect(answer.json()).toMatchObject({ ok: false, error: { code: "INTERNAL", ref: "ref1" } });
    expect(answer.body).not.toContain("anna");
    expect(stage.log.lines.at(-1)).toBe("error POST /api/call/ failed.");
  });

  it("is not there when it was not built", async () => {
    const folder = await tempFolder();
    const error = await errorOf(async () => await startWebHost({ app: createSmallApp(), pageFolder: join(folder, "renderer"), log: createKeptLog() }));
    expect(error).toMatchObject({ code: "NOT_AVAILABLE_HERE", message: "The window was not built." });
  });

  it("stays as it was when it is rebuilt under a running host", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    await rm(join(stage.folder, "renderer"), { recursive: true });
    expect((await stage.send("/", { headers: { cookie } })).body).toBe(INDEX);
  });
});

describe("events", () => {
  it("reach every open page, one line of JSON each", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const [first, second] = await Promise.all([listenToEvents(stage, cookie), listenToEvents(stage, cookie)]);
    expect(first.response).toMatchObject({ statusCode: 200, headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
    stage.app.emit(go("overview"));
    stage.app.emit(go("backups"));
    for (const page of [first, second]) expect(await page.until("backups")).toBe(`retry: 1000\n\ndata: ${JSON.stringify(go("overview"))}\n\ndata: ${JSON.stringify(go("backups"))}\n\n`);
  });

  it("are no longer sent to a page that is gone", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const page = await listenToEvents(stage, cookie);
    await page.until("retry");
    expect(stage.app.listeners.size).toBe(1);
    page.response.destroy();
    await expect.poll(() => stage.app.listeners.size).toBe(0);
    stage.app.emit(go("overview"));
    expect((await stage.call("app.ready", { cookie })).status).toBe(200);
  });

  it("end with the host, and the app stays", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const page = await listenToEvents(stage, cookie);
    await page.until("retry");
    const ended = once(page.response, "end");
    const began = performance.now();
    await stage.host.close();
    await ended;
    // Nothing had to be torn off.
    expect(performance.now() - began).toBeLessThan(900);
    expect(page.response.complete).toBe(true);
    expect(stage.app.listeners.size).toBe(0);
  });

  it("do not pile up for a page that has stopped reading", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const page = await listenToEvents(stage, cookie);
    await page.until("retry");
    page.response.pause();
    const long: AppEvent = { type: "notice", notice: { code: "INTERNAL", message: "x".repeat(100_000), retryable: false } };
    // What the system keeps for a connection comes on top of what we keep.
    await expect
      .poll(() => {
        stage.app.emit(long);
        return stage.app.listeners.size;
      }, { interval: 1, timeout: 10_000 })
      .toBe(0);
  });
});

describe("the end", () => {
  it("lets a call finish, refuses new ones, and frees the port", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    let finish = (): void => undefined;
    const asked = new Promise<void>((isAsked) => {
      stage.app.answer = async () => {
        isAsked();
        await new Promise<void>((resolve) => (finish = resolve));
        return { ok: true, value: { done: true } };
      };
    });
    const answer = stage.call("app.ready", { cookie });
    await asked;
    const closing = Promise.all([stage.host.close(), stage.host.close()]);
    await expect(stage.send("/")).rejects.toThrow();
    finish();
    expect((await answer).json()).toEqual({ ok: true, value: { done: true } });
    await closing;
    await stage.host.close();
    const again = await startWebHost({ app: createSmallApp(), pageFolder: join(stage.folder, "renderer"), port: stage.port, log: createKeptLog() });
    expect(again.port).toBe(stage.port);
    // An old session is worth nothing to the new host.
    expect((await stage.call("app.ready", { cookie })).status).toBe(401);
    await again.close();
  });

  it("does not wait for a connection that a browser keeps for later", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/events", headers: { cookie }, agent });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    const began = performance.now();
    await stage.host.close();
    expect(performance.now() - began).toBeLessThan(900);
  });

  it("does not wait for a call that never ends", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    const asked = new Promise<void>((isAsked) => {
      stage.app.answer = async () => {
        isAsked();
        return await new Promise<never>(() => undefined);
      };
    });
    const answer = stage.call("app.ready", { cookie }).catch(() => "torn off");
    await asked;
    await stage.host.close();
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 5_000))])).toBe("torn off");
  });
});

it("lets an owner in whose browser has many cookies of other local programs", async () => {
  const stage = await createWebStage();
  const others = Array.from({ length: 180 }, (_, index) => `other_${index}=${"x".repeat(180)}`).join("; ");
  expect((await stage.call("app.ready", { cookie: `${others}; ${await stage.enter()}` })).status).toBe(200);
});

it("leaves Request and Response of the process alone", async () => {
  await createWebStage();
  expect(globalThis.Request).toBe(ownRequest);
  expect(globalThis.Response).toBe(ownResponse);
});

it("says that a port is in use", async () => {
  const stage = await createWebStage();
  const { createServer } = await import("node:net");
  const other = createServer();
  const port = await listen(other);
  onTestFinished(async () => await closeServer(other));
  const error = await errorOf(async () => await startWebHost({ app: stage.app, pageFolder: join(stage.folder, "renderer"), port, log: createKeptLog() }));
  expect(error).toMatchObject({ code: "NOT_AVAILABLE_HERE", message: `Port ${port} is in use by another program.` });
});

it("listens on the loopback only", async () => {
  const stage = await createWebStage();
  const { networkInterfaces } = await import("node:os");
  const outer = Object.values(networkInterfaces()).flat().find((address) => address?.internal === false && address.family === "IPv4")?.address;
  for (const host of [outer, "::1"].filter((address) => address !== undefined)) {
    const request = httpRequest({ host, port: stage.port, agent: false });
    request.end();
    await expect(once(request, "response")).rejects.toThrow();
  }
});
