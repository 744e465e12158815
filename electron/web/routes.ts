/** What the browser host answers, from the first look at the sender to the app's gate. Every refusal is typed and logged once. */
import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { toErrorValue, type Result } from "../../shared/errors.ts";
import type { KeeperApp, Log } from "../app/keeper-app.ts";
import { pageHeaders } from "../app/page-headers.ts";
import type { Door } from "./door.ts";
import { shownName, type DroppedFiles } from "./dropped-files.ts";
import type { EventStreams } from "./event-streams.ts";
import { NO_STORE, type PageFile } from "./page-files.ts";
import { isFromThisUser } from "./peer.ts";
import { createRefusalLog, refusals, type Refusal } from "./refusal.ts";
import { readJsonBody } from "./request-body.ts";
import { checkSender } from "./sender.ts";
import { ENTERED_PAGE, NOT_FOUND_PAGE, NOT_LET_IN_PAGE, OTHER_USER_PAGE, USED_LINK_PAGE, WRONG_ADDRESS_PAGE } from "./short-pages.ts";

export interface RouteOptions {
  readonly app: KeeperApp;
  readonly door: Door;
  readonly streams: EventStreams;
  readonly files: DroppedFiles;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly port: () => number;
  readonly log: Log;
}

type Routes = Hono<{ Bindings: HttpBindings }>;
type Asked = Context<{ Bindings: HttpBindings }>;

export interface RequestHandler {
  readonly fetch: Routes["fetch"];
  /** For what is so malformed that it never became a request. */
  onMalformed(): Response;
}

export function createRoutes({ app, door, streams, files, page, port, log }: RouteOptions): RequestHandler {
  const logRefusal = createRefusalLog(log);
  const routes: Routes = new Hono();

  const refuse = (c: Asked, refusal: Refusal, html?: string): Response => {
    logRefusal(refusal, routeName(c));
    if (html !== undefined) return c.html(html, refusal.status);
    return c.json(failure(refusal), refusal.status);
  };

  routes.use(async (c, next) => {
    for (const [name, value] of Object.entries(pageHeaders("web"))) c.header(name, value);
    c.header("Cache-Control", NO_STORE);
    const { method, path } = c.req;
    const refusal = checkSender({ method, path, header: (name) => c.req.header(name) }, port());
    // The link in a tunnel with another port: a person reads that.
    if (refusal !== null) return refuse(c, refusal, refusal.status === 421 && method === "GET" && !isForApi(c) ? WRONG_ADDRESS_PAGE : undefined);
    await next();
    return undefined;
  });

  routes.get("/enter", async (c) => {
    // A reload of the link, or the browser's restored tab: whoever is in stays in.
    if (door.knows(getCookie(c, cookieName(port())))) return c.html(ENTERED_PAGE);
    const entry = await door.enter(c.req.query("token") ?? "", async () => await isFromThisUser(c.env.incoming.socket));
    switch (entry.kind) {
      case "used":
        return refuse(c, refusals.usedLink(), USED_LINK_PAGE);
      case "other_user":
        return refuse(c, refusals.otherUser(), OTHER_USER_PAGE);
      case "entered":
        // Not Secure: the loopback has no TLS, and not every browser makes an exception for it.
        setCookie(c, cookieName(port()), entry.session, { httpOnly: true, sameSite: "Strict", path: "/" });
        log.info("A browser was let in.");
        return c.html(ENTERED_PAGE);
    }
  });

  routes.use(async (c, next) => {
    if (!door.knows(getCookie(c, cookieName(port())))) return refuse(c, refusals.noSession(), isForApi(c) ? undefined : NOT_LET_IN_PAGE);
    await next();
    return undefined;
  });

  routes.post("/api/call/:command", async (c) => {
    const body = await readJsonBody(c.req.raw);
    if (!body.ok) return refuse(c, body.refusal);
    return c.json(await app.call(c.req.param("command"), body.value));
  });
  routes.all("/api/call/:command", (c) => refuse(c, refusals.wrongMethod()));

  routes.post("/api/file", async (c) => {
    const dropped = await files.take(c.req.raw);
    if (!dropped.ok) return refuse(c, dropped.refusal);
    return c.json(await app.giveToken(dropped.path, shownName(c.req.query("name"))));
  });
  routes.all("/api/file", (c) => refuse(c, refusals.wrongMethod()));

  routes.get("/api/events", (c) => c.body(streams.open(), 200, { "Content-Type": "text/event-stream" }));
  routes.all("/api/*", (c) => refuse(c, refusals.unknownAddress()));

  routes.get("*", (c) => {
    const file = page.get(c.req.path);
    if (file === undefined) return refuse(c, refusals.unknownAddress(), NOT_FOUND_PAGE);
    return c.body(file.content, 200, { "Content-Type": file.type, "Cache-Control": file.cacheControl });
  });
  routes.all("*", (c) => refuse(c, refusals.wrongMethod()));

  routes.onError((error, c) => {
    const ref = log.error(`${routeName(c)} failed.`, error);
    return c.json({ ok: false, error: { ...toErrorValue(error), ref } } satisfies Result<never>, 500, pageHeaders("web"));
  });

  return {
    fetch: routes.fetch,
    onMalformed() {
      const refusal = refusals.malformed();
      logRefusal(refusal, "a request");
      return Response.json(failure(refusal), { status: refusal.status, headers: { ...pageHeaders("web"), "Cache-Control": NO_STORE } });
    },
  };
}

function failure({ error }: Refusal): Result<never> {
  return { ok: false, error: toErrorValue(error) };
}

/** Cookies do not tell ports apart; names do. */
function cookieName(port: number): string {
  return `account_keeper_${port}`;
}

/** Asked for by a page; everything else somebody may look at. */
function isForApi({ req }: Pick<Asked, "req">): boolean {
  return req.path.startsWith("/api/");
}

/** For the log: which door was tried, without anything a sender made up. Node lets no other methods through than those it knows. */
function routeName({ req }: Asked): string {
  const door = ["/api/call/", "/api/file", "/api/events", "/enter"].find((path) => req.path.startsWith(path));
  return `${req.method} ${door ?? (isForApi({ req }) ? "/api/" : "a page")}`;
}
