import { describe, expect, it } from "vitest";
import { isSameVector, standInVector } from "../../../electron/engine/restore/vectors.ts";

describe("a stand-in vector", () => {
  it("has the length asked for, is a unit vector, and depends on the text alone", () => {
    for (const dimension of [1, 2, 7, 8, 9, 384, 1536]) {
      const vector = standInVector("some account", dimension);
      expect(vector).toHaveLength(dimension);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      expect(standInVector("some account", dimension)).toEqual(vector);
      if (dimension > 1) expect(isSameVector(standInVector("another account", dimension), vector)).toBe(false);
    }
  });
});

describe("comparing vectors", () => {
  it("allows what a cosine collection changes and nothing more", () => {
    const vector = Float32Array.from([0.1, 0.2, 3]);
    expect(isSameVector(vector, Float32Array.from([0.1 + 2.4e-7, 0.2, 3 - 2.4e-6]))).toBe(true);
    expect(isSameVector(vector, Float32Array.from([0.1 + 2e-6, 0.2, 3]))).toBe(false);
    expect(isSameVector(vector, Float32Array.from([0.1, 0.2]))).toBe(false);
    expect(isSameVector(Float32Array.from([0]), Float32Array.from([NaN]))).toBe(false);
  });
});
