/**
 * Decides the length of the vectors a restore writes. The first vector fixes a collection's dimension for good; a
 * wrong one would lock the site's own sign-ups out, so what is not known is asked for, never guessed past a sign.
 */
import { KeeperError } from "../../../shared/errors.ts";
import { isJsonObject, type JsonValue } from "../json/text.ts";
import { DEFAULT_DIMENSION } from "./vectors.ts";

export interface DimensionChoice {
  readonly dimension: number;
  /** Where it comes from; `assumed` must be said aloud. */
  readonly source: "site" | "backup" | "asked" | "assumed";
}

interface DimensionFacts {
  /** The collection's own, once it holds a vector. */
  readonly onSite: number | null;
  /** What the backup says of its collection. */
  readonly inBackup: number | null;
  /** Length of each kind of vector that would be written, with one id that has it. */
  readonly vectorLengths: ReadonlyMap<number, string>;
  readonly asked: number | null;
  readonly configuration: JsonValue;
  readonly needsStandIns: boolean;
}

/** Throws VECTOR_DIMENSION_MISMATCH, VECTOR_DIMENSION_UNKNOWN. */
export function decideDimension(facts: DimensionFacts): DimensionChoice {
  const choice = choose(facts);
  for (const [length, id] of facts.vectorLengths) {
    if (length === choice.dimension) continue;
    throw new KeeperError("VECTOR_DIMENSION_MISMATCH", `The account ${JSON.stringify(id)} has a vector of length ${length}; the site takes ${choice.dimension}.`, {
      hint: "This backup is from another site, or the site's search has changed since. Nothing was written.",
    });
  }
  return choice;
}

function choose(facts: DimensionFacts): DimensionChoice {
  const { onSite, inBackup, asked } = facts;
  if (onSite !== null) {
    if (asked !== null && asked !== onSite) throw mismatch(asked, onSite);
    return { dimension: onSite, source: "site" };
  }
  const [length] = facts.vectorLengths.keys();
  const known = length ?? inBackup;
  if (known !== null) {
    if (asked !== null && asked !== known) throw mismatch(asked, known);
    return { dimension: known, source: "backup" };
  }
  if (asked !== null) return { dimension: asked, source: "asked" };
  if (facts.needsStandIns && usesOwnEmbedding(facts.configuration)) {
    throw new KeeperError("VECTOR_DIMENSION_UNKNOWN", "Your site makes its own vectors, and nothing here tells how long they are.", {
      hint: "A wrong length would stop new sign-ups. Ask whoever built your site, then name it with --dimension.",
    });
  }
  return { dimension: DEFAULT_DIMENSION, source: "assumed" };
}

function mismatch(asked: number, known: number): KeeperError {
  return new KeeperError("VECTOR_DIMENSION_MISMATCH", `You asked for vectors of length ${asked}; this site takes ${known}.`, { hint: "Leave --dimension out." });
}

/** An embedding function other than Chroma's default, whose dimension is known. */
function usesOwnEmbedding(configuration: JsonValue): boolean {
  if (!isJsonObject(configuration)) return false;
  const embedding = configuration["embedding_function"];
  if (!isJsonObject(embedding)) return false;
  return embedding["type"] === "known" && embedding["name"] !== "default";
}
