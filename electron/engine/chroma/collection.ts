/** What a collection is besides its records, and how one is made again as it was. */
import { LosslessNumber } from "lossless-json";
import { isJsonObject, stringifyLossless, type JsonObject, type JsonValue } from "../json/text.ts";

/** Numbers inside are `LosslessNumber`: a float 1.0 stays one, an int64 keeps all its digits. */
export interface CollectionInfo {
  /** The server's UUID. Another one under the same name means that the collection was made anew: a wipe. */
  readonly id: string;
  readonly name: string;
  readonly metadata: JsonObject | null;
  /** `configuration_json`: distance and index settings, embedding function. */
  readonly configuration: JsonObject | null;
  /** Servers of 2026; null on older ones. Says more than `configuration`. */
  readonly schema: JsonObject | null;
  /** Of the vectors; null before the first one was written. */
  readonly dimension: number | null;
  readonly tenant: string;
  readonly database: string;
}

export interface NewCollection {
  readonly name: string;
  readonly metadata: JsonObject | null;
  readonly configuration: JsonObject | null;
  readonly schema: JsonObject | null;
}

/** Undefined when `value` is no collection. `home` fills in what servers before 1.0 leave out. */
export function parseCollection(value: JsonValue | undefined, home: { tenant: string; database: string }): CollectionInfo | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id, name, tenant, database, dimension } = value;
  if (typeof id !== "string" || typeof name !== "string") return undefined;
  return {
    id,
    name,
    metadata: objectOrNull(value["metadata"]),
    configuration: objectOrNull(value["configuration_json"]),
    schema: objectOrNull(value["schema"]),
    dimension: dimension instanceof LosslessNumber ? Number(dimension.value) : null,
    tenant: typeof tenant === "string" ? tenant : home.tenant,
    database: typeof database === "string" ? database : home.database,
  };
}

function objectOrNull(value: JsonValue | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

/**
 * Request bodies that make the collection, the most faithful first; the next is for a server that refuses the one
 * before. A schema brings back everything (indexes of single keys, batch size, threads), a configuration only the
 * distance, the main index settings and the embedding function; a server takes one of them, not both. A schema is also
 * refused next to metadata keys of the old form `hnsw:…`, which say the same in a third way. None of the bodies leaves
 * the distance to the server: vectors compared by another one would be found differently and nobody would know.
 */
export function creationBodies(wanted: NewCollection, serverKnowsSchema: boolean): string[] {
  const { name, configuration, schema } = wanted;
  // The server refuses null values (422) and an empty object (400), and holds neither.
  const members = Object.entries(wanted.metadata ?? {}).filter(([, value]) => value !== null);
  const common: JsonObject = { name, ...(members.length > 0 ? { metadata: Object.fromEntries(members) } : {}) };
  const hasOldKeys = members.some(([key]) => key.startsWith("hnsw:"));
  const bodies: JsonObject[] = [];
  if (schema !== null && serverKnowsSchema && !hasOldKeys) bodies.push({ ...common, schema });
  if (configuration !== null) {
    bodies.push({ ...common, configuration });
    // Index settings of another kind of server (spann and hnsw) may be refused; the distance is understood by all.
    const distance = distanceOnly(configuration);
    if (distance !== null) bodies.push({ ...common, configuration: distance });
  }
  if (bodies.length === 0) bodies.push(common);
  return bodies.map(stringifyLossless);
}

function distanceOnly(configuration: JsonObject): JsonObject | null {
  for (const kind of ["hnsw", "spann"]) {
    const index = configuration[kind];
    if (isJsonObject(index) && typeof index["space"] === "string") return { [kind]: { space: index["space"] } };
  }
  return null;
}
