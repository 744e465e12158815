import { expect, test } from "vitest";
import { redact } from "../../../electron/app/redact.ts";

test.each([
  ["no user maria.o+x@bakery.example here", "no user [e-mail] here"],
  ['{"email":"jörg@bäckerei.example"}', '{"email":"[e-mail]"}'],
  ["GET /accounts/maria%40bakery.example", "GET /accounts/[e-mail]"],
  ["hash $2b$12$KIXQ4x1hZk0b0c9yq3E1seVn5p3v1dXl2mT5n7rQ0aZ8uY6wC4iOe end", "hash [hash] end"],
  ["[$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA]", "[[hash]]"],
  ["$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2", "[hash]"],
  ["pbkdf2:sha256:600000$salt$0123abcd", "[hash]"],
  // As Django keeps them, whose hashes do not begin with a dollar.
  ["pbkdf2_sha256$600000$aBcDeF$xZ5m0nQ2v8yR3tP6wK9sA1dF4gH7jL0mN2bV5cX8zQ4= end", "[hash] end"],
  ["scrypt$16384$salt$8$1$QUJD+/QUJD==", "[hash]"],
  ["argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA", "[hash]"],
  [`sha256$salt$${"0a".repeat(32)}`, "[hash]"],
  // What stands under such a name is one, whatever it looks like: in JSON, and in JSON inside JSON.
  [`{"password_hash":"${"0a".repeat(32)}","n":1}`, '{"password_hash":"[key]","n":1}'],
  [String.raw`{"documents":["{\"hashed_password\":\"two words\",\"n\":1}"]}`, String.raw`{"documents":["{\"hashed_password\":\"[key]\",\"n\":1}"]}`],
  ["{ passphrase: 'correct horse', passwordHash: 'abc' }", "{ passphrase: '[key]', passwordHash: '[key]' }"],
  ["Authorization: Bearer ck-abc.DEF", "Authorization: Bearer [key]"],
  ["authorization: Basic dXNlcjpwYXNz", "authorization: Basic [key]"],
  ['"X-Chroma-Token":"ck-abc"', '"X-Chroma-Token":"[key]"'],
  ["password=hunter2&x=1", "password=[key]"],
  ["https://owner:secret@db.example/api", "https://[key]@db.example/api"],
  [`value ${"QUJD".repeat(40)}== end`, "value [long text] end"],
])("%s", (line, expected) => {
  expect(redact(line)).toBe(expected);
});

test.each([
  "zod@4.6.7 in /home/owner/projects/site/node_modules/@mantine/core/esm/components",
  "at /opt/account-keeper/resources/app/dist/electron/engine/operations/restore-site/apply-restore/index",
  `checksum ${"0a".repeat(32)}`,
  "8 accounts, user_backup_20261123.json",
  "inspect_backup: TOKEN_UNKNOWN, PASSPHRASE_WRONG: see above; sha256 of 3 tokens",
])("leaves %s", (line) => {
  expect(redact(line)).toBe(line);
});

test("a long line without a space does not hold up whoever writes it", () => {
  const startedAt = performance.now();
  for (const piece of ["A", "a.", "%4"]) redact(piece.repeat(100_000));
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
