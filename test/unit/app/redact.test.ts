import { expect, test } from "vitest";
import { redact } from "../../../electron/app/redact.ts";

test.each([
  ["no user maria.o+x@bakery.example here", "no user [e-mail] here"],
  ['{"email":"jörg@bäckerei.example"}'.replace("bäckerei", "baeckerei"), '{"email":"[e-mail]"}'],
  ["hash $2b$12$KIXQ4x1hZk0b0c9yq3E1seVn5p3v1dXl2mT5n7rQ0aZ8uY6wC4iOe end", "hash [hash] end"],
  ["$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "[hash],t=3,p=4$c2FsdA$aGFzaA"],
  ["pbkdf2:sha256:600000$salt$0123abcd", "[hash]"],
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
])("leaves %s", (line) => {
  expect(redact(line)).toBe(line);
});
