/**
 * A whole site on a host: a real Chroma server behind one address that stays, customers who sign up, and what a deploy does to it. A wipe is
 * a new server on an empty disk. On request its code restores itself from the variable when it starts, as the reference site does (FACTS 1).
 */
import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { VARIABLE_NAME } from "../../../shared/eligibility.ts";
import { connect } from "../../../electron/engine/chroma/connect.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { readRecords } from "../../../electron/engine/chroma/read-records.ts";
import { upsertRecords, type WritableRecord } from "../../../electron/engine/chroma/write-records.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { DEFAULT_DIMENSION, standInVector } from "../../../electron/engine/restore/vectors.ts";
import { startBundledServer, type BundledServer } from "../../../electron/engine/server/bundled-server.ts";
import { startGateway } from "./gateway.ts";
import type { SiteHooks } from "./service.ts";

const account = z.object({ user_id: z.string(), email: z.string(), is_verified: z.boolean(), created_at: z.string() });

export interface BundledSite {
  /** Where the site answers, before and after a deploy. */
  readonly url: string;
  readonly collectionName: string;
  /** For `FakeServiceOptions.site`. */
  readonly hooks: SiteHooks;
  /** As the site's own code does it, on whatever server stands behind the address: the collection is made when it is missing. Works while `url` does not answer. */
  signUp(...records: readonly WritableRecord[]): Promise<void>;
  /** Somebody nobody has seen before. */
  signUpSomeone(): Promise<string>;
  /** The ids the server has, in order; none when there is no collection. */
  accountIds(): Promise<string[]>;
}

interface BundledSiteOptions {
  collectionName?: string;
  /** The site's code restores itself from the variable when it starts. Default: false. */
  restoresItself?: boolean;
  /** What callers meet while the site is down. Default: a page with 502. */
  down?: "refuse" | "bad_gateway";
}

/** Ends with the test. */
export async function startBundledSite(options: BundledSiteOptions = {}): Promise<BundledSite> {
  const { collectionName = "users", restoresItself = false, down = "bad_gateway" } = options;
  let server = await startBundledServer();
  let isDown = false;
  const gateway = await startGateway(server.url);
  onTestFinished(async () => {
    await gateway.close();
    await server.stop();
  });

  async function inside<T>(task: (connection: ChromaConnection) => Promise<T>): Promise<T> {
    const connection = await connect({ kind: "server", url: server.url });
    try {
      return await task(connection);
    } finally {
      await connection.close();
    }
  }

  async function signUp(...records: readonly WritableRecord[]): Promise<void> {
    await inside(async (connection) => {
      const found = await connection.findCollection(collectionName);
      const { id } = found ?? (await connection.createCollection({ name: collectionName, metadata: null, configuration: null, schema: null }));
      await upsertRecords(connection, id, [records]);
    });
  }

  async function readAll(): Promise<AccountRecord[]> {
    return await inside(async (connection) => {
      const found = await connection.findCollection(collectionName);
      const records: AccountRecord[] = [];
      if (found !== null) for await (const page of readRecords(connection, found.id, { withVectors: true })) records.push(...page);
      return records;
    });
  }

  /** The old server ends when the new one has taken over, as on a host without downtime. */
  async function replaceServer(): Promise<void> {
    const old: BundledServer = server;
    server = await startBundledServer();
    if (!isDown) await gateway.open(server.url);
    await old.stop();
  }

  const hooks: SiteHooks = {
    async down() {
      isDown = true;
      await gateway.shut(down);
    },
    wipe: replaceServer,
    async start(variables) {
      const value = variables[VARIABLE_NAME];
      if (!restoresItself || value === undefined) return;
      const present = new Set((await readAll()).map(({ document }) => emailOf(document)));
      const missing = decode(value).filter(({ document }) => !present.has(emailOf(document)));
      if (missing.length > 0) await signUp(...missing);
    },
    async up() {
      isDown = false;
      await gateway.open(server.url);
    },
  };

  return {
    url: gateway.url,
    collectionName,
    hooks,
    signUp,
    async signUpSomeone() {
      const id = `user_${randomUUID().slice(0, 12)}`;
      const text = JSON.stringify({ user_id: id, email: `${id}@example.com`, password_hash: "$2b$12$new", full_name: "Someone New", is_verified: false, created_at: "2026-11-24T12:00:00.000000", updated_at: "2026-11-24T12:00:00.000000" });
      await signUp(recordOf(text));
      return id;
    },
    accountIds: async () => (await readAll()).map(({ id }) => id).sort(),
  };
}

/** Written anew from FACTS 1 and not with the product's own decoder: the site's code is not ours. */
function decode(value: string): WritableRecord[] {
  const accounts = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(Buffer.from(value, "base64").toString("utf8")));
  return accounts.length > 10 ? [] : accounts.map((one) => recordOf(JSON.stringify(one)));
}

function recordOf(document: string): WritableRecord {
  const { user_id, email, is_verified, created_at } = account.parse(JSON.parse(document));
  return { id: user_id, document, metadata: JSON.stringify({ user_id, email, is_verified, type: "user", created_at }), uri: null, embedding: standInVector(document, DEFAULT_DIMENSION) };
}

function emailOf(document: string | null): string {
  return z.object({ email: z.string() }).parse(JSON.parse(document ?? "{}")).email;
}
