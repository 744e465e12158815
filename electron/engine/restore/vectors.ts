/** Vectors for accounts whose backup holds none: Chroma refuses a record without one. */
import { createCipheriv, createHash } from "node:crypto";

/** The dimension of the old sites' own text hash, and of Chroma's default embedding function. */
export const DEFAULT_DIMENSION = 384;

/**
 * A unit vector (from the key stream of AES under the text's hash) that depends on nothing but the text, so that restoring twice gives the same. Never zero: a
 * cosine collection cannot compare a zero vector. It stands in for a vector that is lost; search by similarity finds
 * nothing sensible with it, signing in does not need it.
 */
export function standInVector(text: string, dimension: number): Float32Array {
  const key = createHash("sha256").update(text).digest();
  const bytes = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(dimension * 4));
  // An odd numerator is never 0.
  const values = Float64Array.from({ length: dimension }, (_, i) => (bytes.readInt32LE(i * 4) | 1) / 2 ** 31);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(values, (value) => value / length);
}

/** Chroma keeps 32-bit floats, and a cosine collection changes them by up to 2.4e-7 on the way back. */
const TOLERANCE = 1e-6;

export function isSameVector(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) <= TOLERANCE * Math.max(1, Math.abs(value)));
}
