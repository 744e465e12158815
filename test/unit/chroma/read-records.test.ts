/** How many requests a site takes, and when a short answer is not believed. What a real server answers is in test/integration. */
import { describe, expect, it } from "vitest";
import { isJsonObject, parseLossless, stringifyLossless, type JsonObject } from "../../../electron/engine/json/text.ts";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";
import { readRecords } from "../../../electron/engine/chroma/read-records.ts";
import { account, errorOf } from "../backup/make-backup.ts";
import { memorySite } from "../property/memory-site.ts";

const people = (count: number) => Array.from({ length: count }, (_, index) => account(`u-${index}`));

interface Reading {
  readonly ids: readonly string[];
  /** What each `get` asked for. */
  readonly gets: readonly ("everything" | "ids" | "some")[];
}

/** `change`: what becomes of the body of a `get` on its way. */
async function read(connection: ChromaConnection, change: (body: JsonObject) => JsonObject = (body) => body): Promise<Reading> {
  const gets: Reading["gets"][number][] = [];
  const watched: ChromaConnection = {
    ...connection,
    async post(collectionId, action, body, options) {
      const asked = parseLossless(body.toString());
      if (!isJsonObject(asked)) throw new Error("no object");
      gets.push(asked["ids"] !== undefined ? "some" : Array.isArray(asked["include"]) && asked["include"].length === 0 ? "ids" : "everything");
      return await connection.post(collectionId, action, stringifyLossless(change(asked)), options);
    },
  };
  const ids: string[] = [];
  for await (const page of readRecords(watched, "c", { withVectors: true })) ids.push(...page.map(({ id }) => id));
  return { ids, gets };
}

describe("a site", () => {
  it.each([0, 1, 10, 63])("of %i comes in one request", async (count) => {
    const { ids, gets } = await read(memorySite(people(count)).connection);
    expect(ids).toHaveLength(count);
    expect(gets).toEqual(["everything"]);
  });

  it("of more is listed, read by ids, and listed again", async () => {
    const { ids, gets } = await read(memorySite(people(64)).connection);
    expect(new Set(ids).size).toBe(64);
    expect(gets).toEqual(["everything", "ids", "some", "ids"]);
  });

  it("whose server gives less than it was asked for is not taken for a small one: its count says more", async () => {
    const limited = await read(memorySite(people(30)).connection, (body) => (body["limit"] === undefined ? body : { ...body, limit: parseLossless("5") }));
    expect(limited.ids).toHaveLength(30);
    expect(limited.gets).toEqual(["everything", "ids", "some", "ids"]);
  });

  it("that names somebody twice is not believed either", async () => {
    const { connection } = memorySite(people(3));
    const twice: ChromaConnection = {
      ...connection,
      post: async (collectionId, action, body, options) => {
        const answer = await connection.post(collectionId, action, body, options);
        return body.includes('"limit"') ? Buffer.from(answer.toString().replace('"u-2"', '"u-1"')) : answer;
      },
    };
    expect((await read(twice)).ids).toEqual(["u-0", "u-1", "u-2"]);
  });

  it("that lists somebody whom it never gives out is not taken for whole, and says so", async () => {
    const { connection } = memorySite(people(70));
    expect(await errorOf(() => read(connection, withhold("u-5")))).toMatchObject({
      code: "BAD_ANSWER",
      message: "The server lists accounts that it does not give out.",
      hint: "Try again. If it stays like this, ask whoever built your site.",
    });
  });

  it("that gives somebody out only when asked for the fifth time has everybody read", async () => {
    const { ids } = await read(memorySite(people(70)).connection, withhold("u-5", 4));
    expect(new Set(ids).size).toBe(70);
  });

  it("from which somebody is deleted while they are waited for is whole without them", async () => {
    const { connection } = memorySite(people(70));
    let listings = 0;
    const deletedLate: ChromaConnection = {
      ...connection,
      post: async (collectionId, action, body, options) => {
        const answer = await connection.post(collectionId, action, body, options);
        if (body.toString() !== '{"include":[]}') return answer;
        listings += 1;
        return listings <= 5 ? answer : Buffer.from(answer.toString().replace('"u-5",', ""));
      },
    };
    const { ids } = await read(deletedLate, withhold("u-5"));
    expect(ids).toHaveLength(69);
    expect(listings).toBe(6);
  });
});

/** A server that does not give this one out when asked by ids, the first so many times. */
function withhold(id: string, times = Infinity): (body: JsonObject) => JsonObject {
  let asked = 0;
  return (body) => {
    const { ids } = body;
    if (!Array.isArray(ids) || !ids.includes(id)) return body;
    asked += 1;
    return asked > times ? body : { ...body, ids: ids.filter((other) => other !== id) };
  };
}
