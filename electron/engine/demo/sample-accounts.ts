/** Made-up customers, stored the way the old sites store theirs. Nobody can sign in with them. */
import { createHash } from "node:crypto";
import type { WritableRecord } from "../chroma/write-records.ts";
import { DEFAULT_DIMENSION, standInVector } from "../restore/vectors.ts";

const NAMES = [
  "Ada Marlow",
  "Björn Åkesson",
  "Chidi Okafor",
  "Dolores Peña",
  "Emre Yıldız",
  "Fiona O’Brien",
  "Goran Šarić",
  "Hana Kimura 花",
  "Iris van Dijk",
  "João Conceição",
  "Kavya Iyer",
  "Liam Tidewater",
];

/** `count` records with ids that stay the same from run to run; after twelve the names repeat with a number. */
export function sampleAccounts(count: number): WritableRecord[] {
  return Array.from({ length: count }, (_, index) => sampleAccount(index));
}

function sampleAccount(index: number): WritableRecord {
  const round = Math.floor(index / NAMES.length);
  const name = `${NAMES[index % NAMES.length] ?? ""}${round === 0 ? "" : ` ${round + 1}`}`;
  const userId = `user_${createHash("sha256").update(`sample ${index}`).digest("hex").slice(0, 12)}`;
  const email = `${name.normalize("NFD").replace(/[^A-Za-z0-9]+/g, ".").replace(/^\.|\.$/g, "").toLowerCase()}@example.com`;
  const createdAt = new Date(Date.UTC(2026, 0, 1 + index, 9, index % 60)).toISOString().replace("Z", "000");
  // Shaped like bcrypt, so that a check of the hash's kind has something to recognise; it is no hash of any password.
  const passwordHash = `$2b$12$${createHash("sha512").update(`no password ${index}`).digest("base64").replace(/[^A-Za-z0-9./]/g, ".").slice(0, 53)}`;
  const account = {
    user_id: userId,
    email,
    password_hash: passwordHash,
    full_name: name,
    is_verified: index % 3 !== 2,
    created_at: createdAt,
    updated_at: createdAt,
  };
  const document = JSON.stringify(account);
  const metadata = JSON.stringify({ user_id: userId, email, is_verified: account.is_verified, type: "user", created_at: createdAt });
  return { id: userId, document, metadata, uri: null, embedding: standInVector(document, DEFAULT_DIMENSION) };
}
