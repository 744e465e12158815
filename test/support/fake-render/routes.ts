/** What the fake Render answers to the calls of FACTS 5, and to nothing else. */
import type { FakeDeploy, FakeService } from "./service.ts";

export interface FakeAnswer {
  readonly status: number;
  /** Absent: no body at all. */
  readonly json?: unknown;
  /** A call that Render's API has no such form of: the test fails at the end. */
  readonly unexpected?: true;
}

export interface FakeCall {
  readonly method: string;
  /** Below `/v1`, with its query. */
  readonly path: string;
  /** Text as it was sent. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Asked {
  readonly service: FakeService;
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly now: Date;
}

interface Route {
  readonly method: string;
  /** Below `/services`; its one group is the id or name at the end. */
  readonly path: RegExp;
  readonly query: readonly string[];
  answer(asked: Asked): FakeAnswer | Promise<FakeAnswer>;
}

export const NOT_FOUND: FakeAnswer = { status: 404, json: { id: "err-1", message: "not found" } };
const LIST = ["cursor", "limit"];

const ROUTES: readonly Route[] = [
  { method: "GET", path: /^$/, query: [], answer: ({ service }) => ({ status: 200, json: serviceJson(service) }) },
  { method: "GET", path: /^\/env-vars\/([^/]+)$/, query: [], answer: ({ service, id }) => variableAnswer(service, id) },
  { method: "PUT", path: /^\/env-vars\/([^/]+)$/, query: [], answer: writeVariable },
  { method: "POST", path: /^\/deploys$/, query: [], answer: startDeploy },
  { method: "GET", path: /^\/deploys$/, query: LIST, answer: listDeploys },
  { method: "GET", path: /^\/deploys\/([^/]+)$/, query: [], answer: readDeploy },
  { method: "GET", path: /^\/events$/, query: [...LIST, "startTime", "endTime", "type"], answer: listEvents },
];

export async function answerCall(call: FakeCall, services: readonly FakeService[], now: Date): Promise<FakeAnswer> {
  const [path = "", search = ""] = call.path.split("?", 2);
  const query = new URLSearchParams(search);
  if (path === "/services" && call.method === "GET") return listServices(services, query);
  const [, serviceId = "", rest = ""] = /^\/services\/([^/]+)(.*)$/.exec(path) ?? [];
  const route = ROUTES.find((candidate) => candidate.method === call.method && candidate.path.test(rest));
  if (serviceId === "" || route === undefined) return { ...NOT_FOUND, unexpected: true };
  if ([...query.keys()].some((name) => !route.query.includes(name))) return { status: 400, json: { message: "unknown parameter" }, unexpected: true };
  const body = bodyOf(call);
  if (body === undefined) return { status: 400, json: { message: "invalid JSON" }, unexpected: true };
  const service = services.find(({ id }) => id === serviceId);
  if (service === undefined) return NOT_FOUND;
  return await route.answer({ service, id: decodeURIComponent(route.path.exec(rest)?.[1] ?? ""), query, body, now });
}

/** Null for a call without one; undefined when it is no JSON, or not announced as such. */
function bodyOf({ method, body, headers }: FakeCall): unknown {
  if (method === "GET") return body === "" ? null : undefined;
  if (headers["content-type"] !== "application/json") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function listServices(services: readonly FakeService[], query: URLSearchParams): FakeAnswer {
  if ([...query.keys()].some((name) => ![...LIST, "name"].includes(name))) return { status: 400, json: { message: "unknown parameter" }, unexpected: true };
  const names = query.get("name")?.split(",");
  return page(
    services.filter(({ name }) => names === undefined || names.includes(name)).map((service) => ({ id: service.id, entry: { service: serviceJson(service) } })),
    query,
  );
}

function variableAnswer({ variables }: FakeService, key: string): FakeAnswer {
  const value = variables.get(key);
  return value === undefined ? NOT_FOUND : { status: 200, json: { key, value } };
}

function writeVariable({ service, id, body }: Asked): FakeAnswer {
  const value = onlyKey(body, "value");
  if (value === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(id)) return { status: 400, json: { message: "invalid body" }, unexpected: true };
  service.variables.set(id, value);
  return { status: 200, json: { key: id, value } };
}

/** The text below this key, when it is the only one. */
function onlyKey(body: unknown, key: string): string | undefined {
  if (typeof body !== "object" || body === null || Object.keys(body).join() !== key) return undefined;
  const value: unknown = Object.values(body)[0];
  return typeof value === "string" ? value : undefined;
}

function startDeploy({ service, body }: Asked): FakeAnswer {
  const mode = onlyKey(body, "deployMode");
  if (mode !== "deploy_only" && mode !== "build_and_deploy") return { status: 400, json: { message: "invalid body" }, unexpected: true };
  if (service.suspended) return { status: 409, json: { message: "service is suspended" } };
  const { deploy, queued } = service.startDeploy("api", mode === "build_and_deploy");
  return queued ? { status: 202 } : { status: 201, json: deployJson(deploy) };
}

async function listDeploys({ service, query }: Asked): Promise<FakeAnswer> {
  await service.asked();
  return page(
    service.deploys.map((deploy) => ({ id: deploy.id, entry: { deploy: deployJson(deploy) } })).reverse(),
    query,
  );
}

async function readDeploy({ service, id }: Asked): Promise<FakeAnswer> {
  await service.asked();
  const deploy = service.deploys.find((candidate) => candidate.id === id);
  return deploy === undefined ? NOT_FOUND : { status: 200, json: deployJson(deploy) };
}

const HOUR_MS = 3_600_000;

async function listEvents({ service, query, now }: Asked): Promise<FakeAnswer> {
  await service.asked();
  const from = Date.parse(query.get("startTime") ?? new Date(now.getTime() - HOUR_MS).toISOString());
  const until = Date.parse(query.get("endTime") ?? new Date(8.64e15).toISOString());
  if (Number.isNaN(from) || Number.isNaN(until)) return { status: 400, json: { message: "invalid time" }, unexpected: true };
  const type = query.get("type");
  const found = service.events.filter(({ timestamp, type: kind }) => Date.parse(timestamp) >= from && Date.parse(timestamp) <= until && (type === null || kind === type));
  return page(
    found.map((event) => ({ id: event.id, entry: { event } })).reverse(),
    query,
  );
}

/** Cursors are opaque, and stay good when newer entries come in front. */
function page(all: readonly { id: string; entry: object }[], query: URLSearchParams): FakeAnswer {
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return { status: 400, json: { message: "invalid limit" }, unexpected: true };
  const cursor = query.get("cursor");
  const last = all.findIndex(({ id }) => cursorOf(id) === cursor);
  if (cursor !== null && last === -1) return { status: 400, json: { message: "invalid cursor" }, unexpected: true };
  return { status: 200, json: all.slice(last + 1, last + 1 + limit).map(({ id, entry }) => ({ ...entry, cursor: cursorOf(id) })) };
}

/** With the signs that have to be encoded in a query. */
function cursorOf(id: string): string {
  return `${Buffer.from(id).toString("base64")}+/=`;
}

function serviceJson(service: FakeService): object {
  const { plan, url, mountPath } = service;
  return {
    id: service.id,
    autoDeploy: "no",
    createdAt: "2026-01-01T00:00:00Z",
    updatedAt: "2026-01-01T00:00:00Z",
    dashboardUrl: `https://dashboard.render.com/web/${service.id}`,
    name: service.name,
    notifyOnFail: "default",
    ownerId: "tea-0123456789",
    rootDir: "",
    slug: service.name,
    suspended: service.suspended ? "suspended" : "not_suspended",
    suspenders: [],
    type: service.type,
    serviceDetails: {
      env: "python",
      numInstances: 1,
      ...(plan === null ? {} : { plan }),
      ...(url === null ? {} : { url }),
      ...(mountPath === null ? {} : { disk: { id: "dsk-0123456789", name: "accounts", sizeGB: 1, mountPath } }),
    },
  };
}

function deployJson({ id, status, createdAt, finishedAt, trigger }: FakeDeploy): object {
  return { id, status, trigger, createdAt, startedAt: createdAt, updatedAt: finishedAt ?? createdAt, ...(finishedAt === null ? {} : { finishedAt }) };
}
