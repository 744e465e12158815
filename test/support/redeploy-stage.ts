/**
 * A site on a ChromaDB of its own, deployed by a fake Render: a deploy throws the data folder away and starts the server
 * anew under the same address. Time passes only when somebody sleeps.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { emailOf } from "../../electron/engine/account.ts";
import type { Clock } from "../../electron/engine/clock.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { createRenderClient } from "../../electron/engine/render/render-client.ts";
import type { RedeployRequest } from "../../electron/engine/redeploy/redeploy.ts";
import { startBundledServer, type BundledServer } from "../../electron/engine/server/bundled-server.ts";
import { readRecords } from "../../electron/engine/chroma/read-records.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import { upsertRecords, type WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { startFakeRender, type FakeRender } from "./fake-render/fake-render.ts";
import type { FakeService, FakeServiceOptions } from "./fake-render/service.ts";
import { temporaryFolder } from "./site.ts";

const COLLECTION = "users";

export interface RedeployStage {
  readonly url: string;
  readonly vault: string;
  readonly clock: Clock;
  readonly render: FakeRender;
  readonly service: FakeService;
  readonly request: RedeployRequest;
  /** As the site's own sign-up: makes the collection when it is missing. */
  signUp(...records: readonly WritableRecord[]): Promise<void>;
  deleteAccounts(ids: readonly string[]): Promise<void>;
  /** Every record, by id; empty where the collection is missing. */
  read(): Promise<Map<string, AccountRecord>>;
  wipe(): Promise<void>;
  /** Runs, and is waited for, when somebody has slept for that long from now on. */
  after(ms: number, task: () => Promise<void>): void;
}

export interface RedeployStageOptions {
  readonly accounts: number;
  /** The reference site's start: imports the variable (FACTS 1). */
  readonly restoresItself?: boolean;
  readonly service?: FakeServiceOptions;
  /** Time that passes by itself, for programs of their own that sleep in it. */
  readonly realTime?: boolean;
}

/** The next person to sign up. */
export function newcomer(index = 0): WritableRecord {
  const person = sampleAccounts(100 + index).at(-1);
  if (person === undefined) throw new Error("no such person");
  return person;
}

export async function createRedeployStage({ accounts, restoresItself = false, service: more = {}, realTime = false }: RedeployStageOptions): Promise<RedeployStage> {
  const root = await temporaryFolder();
  const dataFolder = join(root, "disk");
  let server: BundledServer = await startBundledServer({ path: dataFolder });
  onTestFinished(async () => await server.stop());
  const { url } = server;
  const port = Number(new URL(url).port);

  async function withSite<T>(work: (connection: ChromaConnection) => Promise<T>): Promise<T> {
    const connection = await connect({ kind: "server", url });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  const signUp: RedeployStage["signUp"] = async (...records) =>
    await withSite(async (connection) => {
      const known = await connection.findCollection(COLLECTION);
      const collection = known ?? (await connection.createCollection({ name: COLLECTION, metadata: null, configuration: null, schema: null }));
      await upsertRecords(connection, collection.id, pageOf(records));
    });

  const read: RedeployStage["read"] = async () =>
    await withSite(async (connection) => {
      const found = new Map<string, AccountRecord>();
      const collection = await connection.findCollection(COLLECTION);
      if (collection === null) return found;
      for await (const page of readRecords(connection, collection.id, { withVectors: true })) for (const record of page) found.set(record.id, record);
      return found;
    });

  async function restart(): Promise<void> {
    server = await startBundledServer({ path: dataFolder, port });
    if (server.url !== url) throw new Error("the port was taken by somebody else");
  }

  let isDown = false;
  let atStart: (() => Promise<void>) | null = null;

  async function replace({ keepDisk }: { keepDisk: boolean }): Promise<void> {
    await server.stop();
    if (!keepDisk) await rm(dataFolder, { recursive: true, force: true });
    if (!isDown) await restart();
  }

  async function startSite(): Promise<void> {
    if (isDown) return;
    const start = atStart;
    atStart = null;
    await start?.();
  }

  const swift = createSwiftClock();
  const clock = realTime ? realClock() : swift.clock;
  const render = await startFakeRender({ now: () => clock.now() });
  const service = render.addService({
    ...more,
    site: {
      down: async () => {
        isDown = true;
        await server.stop();
      },
      up: async () => {
        if (!isDown) return;
        isDown = false;
        await restart();
        await startSite();
      },
      wipe: async () => await replace({ keepDisk: false }),
      restart: async () => await replace({ keepDisk: true }),
      start: async (variables) => {
        const value = variables[VARIABLE_NAME];
        atStart = restoresItself && value !== undefined ? async () => await importVariable(value, signUp, await read()) : null;
        await startSite();
      },
    },
  });
  if (accounts > 0) await signUp(...sampleAccounts(accounts));
  const vault = join(root, "vault");
  const client = createRenderClient({ apiKey: render.apiKey, baseUrl: render.url, clock, retries: { retries: 1, firstPauseMs: 1 } });
  onTestFinished(async () => await client.close());
  const request: RedeployRequest = {
    source: { kind: "server", url },
    collectionName: COLLECTION,
    folder: vault,
    render: client,
    serviceId: service.id,
    clock,
    connect: { retries: { retries: 0, firstPauseMs: 1 } },
  };
  return {
    url,
    vault,
    clock,
    render,
    service,
    request,
    signUp,
    read,
    wipe: async () => await replace({ keepDisk: false }),
    after: swift.after,
    deleteAccounts: async (ids) =>
      await withSite(async (connection) => {
        const collection = await connection.findCollection(COLLECTION);
        const path = `${url}/api/v2/tenants/${connection.tenant}/databases/${connection.database}/collections/${collection?.id ?? ""}/delete`;
        const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids }) });
        if (!response.ok) throw new Error(`delete: ${response.status}`);
      }),
  };
}

/** Skips whoever has the e-mail address already; else the document and the five metadata fields, and a vector of the site's own. */
async function importVariable(value: string, signUp: RedeployStage["signUp"], present: ReadonlyMap<string, AccountRecord>): Promise<void> {
  const emails = new Set([...present.values()].map(emailOf));
  const records = decodeVariable(value).accounts.map((document): WritableRecord => {
    const { user_id, email, is_verified, created_at } = JSON.parse(document) as { user_id: string; email: string; is_verified: boolean; created_at: string };
    const metadata = JSON.stringify({ user_id, email, is_verified, type: "user", created_at });
    return { ...newcomer(), id: user_id, document, metadata };
  });
  const missing = records.filter((record) => !emails.has(emailOf({ document: record.document, metadata: null })));
  if (missing.length > 0) await signUp(...missing);
}

/** Nobody really waits: whoever sleeps finds the time gone. */
function createSwiftClock(): { clock: Clock; after: RedeployStage["after"] } {
  let nowMs = Date.parse("2026-11-24T12:00:00.000Z");
  const tasks: { atMs: number; task: () => Promise<void> }[] = [];
  return {
    after: (ms, task) => void tasks.push({ atMs: nowMs + ms, task }),
    clock: {
      now: () => new Date(nowMs),
      async sleep(ms) {
        nowMs += ms;
        for (const due of tasks.filter(({ atMs }) => atMs <= nowMs)) {
          tasks.splice(tasks.indexOf(due), 1);
          await due.task();
        }
      },
    },
  };
}

function realClock(): Clock {
  return { now: () => new Date(), sleep: async (ms) => await new Promise((resolve) => setTimeout(resolve, ms)) };
}

async function* pageOf(records: readonly WritableRecord[]): AsyncGenerator<readonly WritableRecord[]> {
  await Promise.resolve();
  yield records;
}
