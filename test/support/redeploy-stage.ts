/**
 * A site on a ChromaDB of its own, deployed by a fake Render that wipes it, and what a redeploy of it is asked with. Time
 * passes only when somebody sleeps.
 */
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Clock } from "../../electron/engine/clock.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import type { AccountRecord } from "../../electron/engine/record.ts";
import { createRenderClient } from "../../electron/engine/render/render-client.ts";
import type { RedeployRequest } from "../../electron/engine/redeploy/redeploy.ts";
import { readRecords } from "../../electron/engine/chroma/read-records.ts";
import { connect } from "../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { startBundledSite } from "./fake-render/bundled-site.ts";
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
  /** The clock on the wall jumps by that much: somebody sets it, or the computer has slept. */
  jump(ms: number): void;
  /** The site stops answering, until its service comes up. */
  shut(): Promise<void>;
}

export interface RedeployStageOptions {
  readonly accounts: number;
  /** The reference site's start: imports the variable (FACTS 1). */
  readonly restoresItself?: boolean;
  readonly service?: FakeServiceOptions;
  /** What callers meet while the site is away. Default: nobody. */
  readonly down?: "refuse" | "bad_gateway";
  /** Time that passes by itself, for programs of their own that sleep in it. */
  readonly realTime?: boolean;
  /** By how much Render's clock is ahead of this computer's. */
  readonly renderAheadMs?: number;
}

/** The next person to sign up. */
export function newcomer(index = 0): WritableRecord {
  const person = sampleAccounts(100 + index).at(-1);
  if (person === undefined) throw new Error("no such person");
  return person;
}

export async function createRedeployStage({ accounts, restoresItself = false, service: more = {}, down = "refuse", realTime = false, renderAheadMs = 0 }: RedeployStageOptions): Promise<RedeployStage> {
  const root = await temporaryFolder();
  const site = await startBundledSite({ collectionName: COLLECTION, restoresItself, down });
  const { url } = site;
  const signUp: RedeployStage["signUp"] = async (...records) => await site.signUp(...records);

  async function withSite<T>(work: (connection: ChromaConnection) => Promise<T>): Promise<T> {
    const connection = await connect({ kind: "server", url });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  const read: RedeployStage["read"] = async () =>
    await withSite(async (connection) => {
      const found = new Map<string, AccountRecord>();
      const collection = await connection.findCollection(COLLECTION);
      if (collection === null) return found;
      for await (const page of readRecords(connection, collection.id, { withVectors: true })) for (const record of page) found.set(record.id, record);
      return found;
    });

  const swift = createSwiftClock();
  const clock = realTime ? realClock() : swift.clock;
  const render = await startFakeRender({ now: () => new Date(clock.now().getTime() + renderAheadMs) });
  const service = render.addService({ ...more, site: site.hooks });
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
    wipe: async () => await site.hooks.wipe?.(),
    after: swift.after,
    jump: swift.jump,
    shut: async () => await site.hooks.down?.(),
    deleteAccounts: async (ids) =>
      await withSite(async (connection) => {
        const collection = await connection.findCollection(COLLECTION);
        const path = `${url}/api/v2/tenants/${connection.tenant}/databases/${connection.database}/collections/${collection?.id ?? ""}/delete`;
        const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ids }) });
        if (!response.ok) throw new Error(`delete: ${response.status}`);
      }),
  };
}

/** Nobody really waits: whoever sleeps finds the time gone. */
function createSwiftClock(): { clock: Clock } & Pick<RedeployStage, "after" | "jump"> {
  let nowMs = Date.parse("2026-11-24T12:00:00.000Z");
  const tasks: { atMs: number; task: () => Promise<void> }[] = [];
  return {
    after: (ms, task) => void tasks.push({ atMs: nowMs + ms, task }),
    jump: (ms) => void (nowMs += ms),
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
