/** Who is let in: with which link, how often, and what everybody else sees. */
import { describe, expect, it } from "vitest";
import { createWebStage, expectRefused, pathOf } from "./web-stage.ts";

describe("somebody without a session", () => {
  it.each([undefined, "", "account_keeper_PORT=", "account_keeper_PORT=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "account_keeper_PORT=__proto__", "account_keeper_1=REAL", "ACCOUNT_KEEPER_PORT=REAL", "account_keeper_PORT=REALx"])("cookie %s", async (pattern) => {
    const stage = await createWebStage();
    const real = (await stage.enter()).split("=")[1] ?? "";
    const cookie = pattern?.replace("PORT", String(stage.port)).replace("REAL", real);
    const answer = await stage.call("app.ready", { cookie });
    expectRefused(stage, answer, { status: 401, code: "SENDER_REFUSED", log: "Refused POST /api/call/ with 401: no session." });
    const headers = cookie === undefined ? {} : { cookie };
    const events = await stage.send("/api/events", { headers });
    expectRefused(stage, events, { status: 401, code: "SENDER_REFUSED", log: "Refused GET /api/events with 401: no session." });
    for (const path of ["/", "/index.html", "/assets/index-1a2b.js", "/nothing"]) {
      const page = await stage.send(path, { headers });
      expect({ path, status: page.status, type: page.headers["content-type"] }).toEqual({ path, status: 401, type: "text/html; charset=UTF-8" });
      expect(page.body).toContain("Open the link that the terminal shows.");
      expect(page.body).not.toContain("script");
    }
    expect(stage.app.listeners.size).toBe(0);
  });

  it("is turned away before what was sent is looked at", async () => {
    const stage = await createWebStage();
    expect((await stage.call("app.ready", { body: "{", headers: { "content-type": "text/plain" } })).status).toBe(401);
  });
});

it("somebody who comes through a tunnel with another port reads what to do, on the pages", async () => {
  const stage = await createWebStage();
  for (const path of [pathOf(stage.host.url), "/"]) {
    const page = await stage.send(path, { headers: { host: "127.0.0.1:9999" } });
    expect(page).toMatchObject({ status: 421, headers: { "content-type": "text/html; charset=UTF-8" } });
    expect(page.body).toContain("Open the link that the terminal shows. Through a tunnel, use the same port on both sides.");
  }
  expect((await stage.send("/api/events", { headers: { host: "127.0.0.1:9999" } })).json()).toMatchObject({ error: { code: "SENDER_REFUSED" } });
});

describe("a link", () => {
  it("lets one browser in, once, with a cookie that scripts and other sites do not get", async () => {
    const stage = await createWebStage();
    expect(stage.host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\?token=[\w-]{43}$/);
    const first = await stage.send(pathOf(stage.host.url));
    expect(first).toMatchObject({ status: 200, headers: { "cache-control": "no-store", "referrer-policy": "no-referrer" } });
    expect(first.body).toContain('<meta http-equiv="refresh" content="0; url=/">');
    expect(first.headers["set-cookie"]).toEqual([expect.stringMatching(new RegExp(`^account_keeper_${stage.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`))]);

    const second = await stage.send(pathOf(stage.host.url));
    expect(second).toMatchObject({ status: 403 });
    expect(second.body).toContain("This link was used already");
    expect(second.headers["set-cookie"]).toBeUndefined();
    expect(stage.refused()).toEqual(["Refused GET /enter with 403: link used already, or unknown."]);
    expect(stage.log.lines.join("\n")).not.toContain(new URL(stage.host.url).searchParams.get("token"));
  });

  it("that was used is no obstacle to the browser that used it", async () => {
    const stage = await createWebStage();
    const path = pathOf(stage.host.url);
    const cookie = (await stage.send(path)).headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect(await stage.send(path, { headers: { cookie } })).toMatchObject({ status: 200 });
    expect(stage.refused()).toEqual([]);
  });

  it("is used once by many at the same moment", async () => {
    const stage = await createWebStage();
    const answers = await Promise.all(Array.from({ length: 10 }, async () => await stage.send(pathOf(stage.host.url))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each(["/enter", "/enter?token=", "/enter?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/enter?token[]=x", "/enter?TOKEN=x", "/enter?token=%00", "/enter?token=%E0%A4%A"])("that we did not make: %s", async (path) => {
    const stage = await createWebStage();
    expect(await stage.send(path)).toMatchObject({ status: 403 });
  });

  it("cannot be used up by a HEAD request or a foreign post", async () => {
    const stage = await createWebStage();
    const path = pathOf(stage.host.url);
    expect(await stage.send(path, { method: "HEAD" })).toMatchObject({ status: 405 });
    expect(await stage.send(path, { method: "POST", headers: { origin: stage.origin, "content-length": 0 } })).toMatchObject({ status: 401 });
    expect(await stage.send(path)).toMatchObject({ status: 200 });
  });

  it("is void when another one was made", async () => {
    const stage = await createWebStage();
    const another = stage.host.createLink();
    expect((await stage.send(pathOf(stage.host.url))).status).toBe(403);
    expect((await stage.send(pathOf(another))).status).toBe(200);
  });
});
