/** Damages bytes in the ways that files are damaged, and in the ways that an attacker would. Depends on nothing but its random numbers. */

import { createChance } from "../support/seeded.ts";

/** A whole number below `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed and input, whatever came before. */
export function randomFor(seed: number, input: number): Random {
  const chance = createChance(Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b));
  return (below) => chance.below(below);
}

/** What readers stumble over, put in as it is. */
const TOKENS = [
  '"__proto__":{"polluted":true}', '"constructor":{"prototype":{"polluted":true}}', '"__proto__"', '"toString"', "null", "true", "[]", "{}", "[[]]", ",", ":", '"', "\\", "\\u0000", "\\ud800", "\\udfff",
  "-0", "1.0", "1e999", "-1e-999", "9007199254740993", "0x10", "NaN", "Infinity", "00", '"users":[', '"account_keeper":{"format":2}', '"account_keeper_records":[', '"user_count":1', '{"format":1}',
  "USER_BACKUP_DATA=", "export ", "W3si", "fV0=", "==", "%3D", "\n", "\r\n", "\t", " ", "#", "age-encryption.org/v1\n", "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n", "---", "-----BEGIN AGE ENCRYPTED FILE-----\n",
  "\ufeff", "\u200b", "\u202e", "\u2028", "é", "😀", "\0", "../", "user_backup_", "0123456789ab-unknown", '"metadatas":[', '"ids":["a"]', '"embeddings":[[1e999]]', "chroma:document", '"version":2', "2026-11-23T10:15:00.123Z",
].map((text) => Buffer.from(text));
/** What grows when it is repeated. */
const REPEATED = ["[", "{", '{"a":', "[1,", '"a":1,', "9", " ", "\\", "\\u0061", '"', "=", "A=\nBB\n", "\n", "#", "x", "-> X\n"];

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

function spliced(bytes: Buffer, at: number, lost: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + lost)]);
}

/** Short most of the time. */
function length(random: Random): number {
  return random(4) === 0 ? random(400) : 1 + random(8);
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = random(bytes.length + 1);
    changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
    return changed;
  },
  (bytes, random) => spliced(bytes, random(bytes.length + 1), 1, Buffer.from([random(256)])),
  (bytes, random) => spliced(bytes, random(bytes.length + 1), length(random), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random(bytes.length + 1)),
  (bytes, random) => {
    const from = random(bytes.length + 1);
    return spliced(bytes, random(bytes.length + 1), 0, bytes.subarray(from, from + length(random)));
  },
  (bytes, random, other) => {
    const from = random(other.length + 1);
    return spliced(bytes, random(bytes.length + 1), length(random), other.subarray(from, from + length(random)));
  },
  (bytes, random) => spliced(bytes, random(bytes.length + 1), random(3), pick(TOKENS, random)),
  // Where a value or a key begins, so that what is put in is more often still JSON.
  (bytes, random) => {
    const at = bytes.indexOf(pick([Buffer.from('":'), Buffer.from("["), Buffer.from("{"), Buffer.from(",")], random), random(bytes.length + 1));
    return at === -1 ? bytes : spliced(bytes, at + (bytes[at] === 0x22 ? 2 : 1), 0, Buffer.concat([pick(TOKENS, random), Buffer.from(random(2) === 0 ? "," : "")]));
  },
  (bytes, random) => spliced(bytes, random(bytes.length + 1), 0, Buffer.from(pick(REPEATED, random).repeat(1 + random(random(40) === 0 ? 100_000 : 300)))),
];

export function pick<T>(from: readonly T[], random: Random): T {
  const chosen = from[random(from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

/** `bytes` after one to six mutations; `other` lends pieces. */
export function mutate(bytes: Buffer, other: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let left = 1 + random(6); left > 0; left -= 1) mutated = pick(MUTATIONS, random)(mutated, random, other);
  return mutated;
}
