/** How a collection is described, and which requests make it again. */
import { describe, expect, it } from "vitest";
import { creationBodies, parseCollection } from "../../../electron/engine/chroma/collection.ts";
import { isJsonObject, parseLossless, stringifyLossless, type JsonObject } from "../../../electron/engine/json/text.ts";

function object(text: string): JsonObject {
  const value = parseLossless(text);
  if (!isJsonObject(value)) throw new Error("not an object");
  return value;
}

const configuration = object('{"hnsw":{"space":"cosine","ef_search":77,"resize_factor":1.0},"spann":null,"embedding_function":{"type":"known","name":"f","config":{"n":1.0}}}');
const schema = object('{"defaults":{},"keys":{"email":{"string":{"string_inverted_index":{"enabled":true,"config":{}}}}}}');
const home = { tenant: "t", database: "d" };

describe("parseCollection", () => {
  it("keeps every number of metadata as it is written", () => {
    const parsed = parseCollection(parseLossless('{"id":"i","name":"users","metadata":{"f":1.0,"n":9007199254740993,"__proto__":"x"},"configuration_json":{},"dimension":384,"tenant":"a","database":"b"}'), home);
    expect(parsed).toMatchObject({ id: "i", name: "users", dimension: 384, tenant: "a", database: "b", schema: null });
    expect(stringifyLossless(parsed?.metadata ?? null)).toBe('{"f":1.0,"n":9007199254740993,"__proto__":"x"}');
  });

  it("does without what older servers leave out", () => {
    expect(parseCollection(parseLossless('{"id":"i","name":"users","metadata":null}'), home)).toEqual({
      id: "i",
      name: "users",
      metadata: null,
      configuration: null,
      schema: null,
      dimension: null,
      tenant: "t",
      database: "d",
    });
  });

  it.each(['{"id":1,"name":"x"}', '{"name":"x"}', "[]", "null", '"x"'])("is undefined for %s", (text) => {
    expect(parseCollection(parseLossless(text), home)).toBeUndefined();
  });
});

describe("creationBodies", () => {
  const metadata = object('{"f":1.0,"gone":null}');
  const wanted = { name: "users", metadata, configuration, schema };

  it("tries the schema, then the configuration, then the distance alone; never the server's own default", () => {
    const bodies = creationBodies(wanted, true);
    expect(bodies.map((body) => Object.keys(object(body)))).toEqual([
      ["name", "metadata", "schema"],
      ["name", "metadata", "configuration"],
      ["name", "metadata", "configuration"],
    ]);
    expect(bodies[2]).toBe('{"name":"users","metadata":{"f":1.0},"configuration":{"hnsw":{"space":"cosine"}}}');
  });

  it("sends no schema to a server that would ignore it, nor next to settings in metadata", () => {
    expect(creationBodies(wanted, false).join()).not.toContain('"schema"');
    expect(creationBodies({ ...wanted, metadata: object('{"hnsw:space":"cosine"}') }, true).join()).not.toContain('"schema"');
  });

  it("leaves out metadata that is empty", () => {
    expect(creationBodies({ name: "users", metadata: {}, configuration: null, schema: null }, true)).toEqual(['{"name":"users"}']);
    expect(creationBodies({ name: "users", metadata: object('{"a":null}'), configuration: null, schema: null }, true)).toEqual(['{"name":"users"}']);
  });
});
