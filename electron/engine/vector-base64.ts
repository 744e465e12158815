/** Vectors as text: base64 of little-endian 32-bit floats, the form Chroma takes in writes and our backups hold. Every machine Node runs on here is little-endian. */

export function vectorToBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

/** Null when the text is no base64 of whole floats. */
export function base64ToVector(text: string): Float32Array | null {
  const bytes = Buffer.byteLength(text, "base64");
  if (bytes % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  const vector = new Float32Array(bytes / Float32Array.BYTES_PER_ELEMENT);
  // Into the vector's own memory: what `Buffer.from` makes of the text is rarely aligned to four bytes.
  return Buffer.from(vector.buffer).write(text, "base64") === bytes ? vector : null;
}
