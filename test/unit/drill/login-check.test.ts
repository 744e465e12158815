import { createHash, scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createLoginCheck, type LoginReasonCode } from "../../../electron/engine/drill/login-check.ts";
import { looksLikePasswordHash } from "../../../electron/engine/drill/password-kinds.ts";
import { sampleAccounts } from "../../../electron/engine/demo/sample-accounts.ts";

const PASSWORD = "correct horse";
const sha = (kind: string): string => createHash(kind).update(PASSWORD).digest("hex");
const scrypt = scryptSync(PASSWORD, "salt", 64, { N: 1024, r: 8, p: 1 }).toString("hex");
/** Made by the libraries bcrypt, argon2-cffi, passlib, werkzeug and Django for that password. */
const BCRYPT = "$2b$12$Q/ukLYex2.GQSJ07jARWjOS39n8xJClzWUTcxXMA1LSOrkjz9f4fa";
const ARGON2 = "$argon2id$v=19$m=65536,t=3,p=4$FmAZP+eX6oQBhUjyPIeB6g$9hZZhJMgiHUZsDuwShYgchyhQVJCq5TdmEiL9cAa3vA";
const PASSLIB_SCRYPT = "$scrypt$ln=16,r=8,p=1$LmVM6T2HcO5dK0UIYawVgg$LnTIGXWOdm6VR1FglQPlZbLh9XrgRfj1ZKGZk8voqu4";

/** Kinds whose end has a fixed length, so that a cut one is told. */
const KINDS: readonly [string, string][] = [
  ["bcrypt $2b$", BCRYPT],
  ["bcrypt $2a$", BCRYPT.replace("$2b$", "$2a$")],
  ["bcrypt $2y$", BCRYPT.replace("$2b$12$", "$2y$04$")],
  ["passlib bcrypt-sha256", "$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2"],
  ["Django bcrypt", "bcrypt_sha256$$2b$12$t0s7QhW7F263TM2MXYXk/.j0IEb0f.SvqOI6kn8CQgI5oli.eCFye"],
  ["werkzeug scrypt", "scrypt:32768:8:1$6Js1OCM0Oj75ZiaS$d46f975e1fd0a1d54823634319f1d5cdb5b0bdbe33483b4c304210341f903380640d97d8d997cc6e554253c0802c93648f5bb7dbe8962aca86a93ee6984b704a"],
  ["Django scrypt", "scrypt$16384$ClpHxdST8aYH7XXBq3vgUw$8$5$VV+LC0NnIFUrkWx70R2UMJUAIpZ6SRCrqT8iPd6V/61RLEQZBUmpXWAdpvXtq29XEgU7g2Vu/wnmZdyzZgLaqA=="],
  ["werkzeug pbkdf2", "pbkdf2:sha256:1000000$oA680mEDVqZbSkpj$6990fc5a769464f308e816972459f70af507718d4ebe6bd82efcd74d556f5f28"],
  ["werkzeug pbkdf2 with sha512", "pbkdf2:sha512:1000$HTYMV5B2sNSxXs9l$e9a42efd03cc6159db735fe46f9e8ad50b4efeba0afa66390a5d1a8163eeb8d4e2d1b7d592695b7352ae0e276c7aa98cc3a31c0ebf4b99437a8a4f007ba11fdb"],
  ["werkzeug pbkdf2 with sha1", "pbkdf2:sha1:1000$vVbjhxfNfBmf0VWD$4cce84dbdd7f072f236143ee3c7b73b2f1a83c2e"],
  ["passlib pbkdf2-sha256", "$pbkdf2-sha256$1000$pBSiFCJkzPm/F6IU4nyPcQ$5C1jdHE9O1/hVMWtXm5Ffoc8ECDgtImmcLeR48AKTCI"],
  ["passlib pbkdf2-sha512", "$pbkdf2-sha512$1000$M4YQgpByjjGGsDaGUGpNqQ$S7Fz9WsFaSm7u/hDiI7b3b14N5/t8cTrMKLvJK22WVcApiWf7DF1dgq69M1uc16NfPZxW8Vd1BtTxXSLW8u8jA"],
  ["passlib pbkdf2", "$pbkdf2$1000$Y4yxNqY05jznnHPufe9dqw$9o43rfyTjV00ybInAdEiZajW9z8"],
  ["PHC pbkdf2", "$pbkdf2-sha256$i=1000,l=32$pBSiFCJkzPm/F6IU4nyPcQ$5C1jdHE9O1/hVMWtXm5Ffoc8ECDgtImmcLeR48AKTCI"],
  ["Django pbkdf2", "pbkdf2_sha256$1000000$JWDcxYCTTbY55agqDtUdfy$kKIsMPuXEpNf7diO7YIxbgwrdX5KkGd6RlsL6B7HaxE="],
  ["Django pbkdf2 with sha1", "pbkdf2_sha1$1000000$r7r0qSad324W1e44fdtBZT$ilaMnNYmzo0/0T910O6nB52GWuw="],
  ["plain sha-256", sha("sha256")],
  ["plain sha-256 in capitals", sha("sha256").toUpperCase()],
  ["plain sha-512", sha("sha512")],
  ["salt:hex", `0123456789abcdef:${sha("sha256")}`],
  ["salt$hex", `a1B2c3$${sha("sha256")}`],
  ["salt:hex of Node's scrypt", `0123456789abcdef:${scrypt}`],
  ["sha256$salt$hex", `sha256$a1B2c3$${sha("sha256")}`],
];
const OPEN_ENDED: readonly [string, string][] = [
  ["argon2id", ARGON2],
  ["argon2i", "$argon2i$v=19$m=1024,t=1,p=1$1ZqgJHMdX0L0AQVH99ZjgQ$RK/ZYp/hWgHe/mPvmLBLmjGdE+5l7UVI4e8gepafmE8"],
  ["argon2 without a version", ARGON2.replace("$v=19", "")],
  ["Django argon2", "argon2$argon2id$v=19$m=102400,t=2,p=8$Uk04UnM0R0VvNVBZaTEwRUc4QWhPWQ$CisZ5OkkMSzgBqKd7mRGDOs2ZcFDzLPE4xsCyLEhN+Y"],
  ["passlib scrypt", PASSLIB_SCRYPT],
  ["hex:salt", `${sha("sha256")}:0123456789abcdef`],
];

describe("a stored password", () => {
  it.each([...KINDS, ...OPEN_ENDED])("is known: %s", (_, stored) => {
    expect(looksLikePasswordHash(stored)).toBe(true);
  });

  it.each(KINDS)("is told when its last character is cut off: %s", (_, stored) => {
    expect(looksLikePasswordHash(stored.slice(0, -1))).toBe(false);
    expect(looksLikePasswordHash(`${stored}\n`)).toBe(false);
  });

  it.each([
    ["typed in as it is", PASSWORD],
    ["short", "hunter2"],
    ["a bcrypt with no such cost", BCRYPT.replace("$12$", "$03$")],
    ["a bcrypt of another version", BCRYPT.replace("$2b$", "$2c$")],
    ["the text of Python's bytes", `b'${BCRYPT}'`],
    ["an argon2 without its hash", ARGON2.slice(0, ARGON2.lastIndexOf("$"))],
    ["an argon2 cut in its hash", ARGON2.slice(0, ARGON2.lastIndexOf("$") + 9)],
    ["an argon2 of another kind", ARGON2.replace("argon2id", "argon2x")],
    ["a scrypt cut in its hash", PASSLIB_SCRYPT.slice(0, -23)],
    ["md5", sha("md5")],
    ["hex of some length", sha("sha384")],
    ["a hash without its salt", `:${sha("sha256")}`],
    ["crossed out", "!"],
    ["[removed]", "[removed]"],
  ])("is not known: %s", (_, stored) => {
    expect(looksLikePasswordHash(stored)).toBe(false);
  });

  it("is judged in no time, whatever it is", () => {
    const started = performance.now();
    for (const text of ["a".repeat(1_000_000), `$argon2id$m=1,t=1,p=1${",data=".repeat(100_000)}`, "a:".repeat(300_000), "$".repeat(1_000_000)]) expect(looksLikePasswordHash(text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

interface Parts {
  readonly id: string;
  readonly account: unknown;
  readonly metadata?: unknown;
}

const goodAccount = (id: string): object => ({ user_id: id, email: `${id}@example.com`, password_hash: BCRYPT });
const good = (id: string): Parts => ({ id, account: goodAccount(id), metadata: { user_id: id, email: `${id}@example.com` } });

function reasonsOf(parts: readonly Parts[]): Record<string, LoginReasonCode[]> {
  const check = createLoginCheck();
  for (const { id, account, metadata } of parts) {
    check.add({ id, document: typeof account === "string" || account === null ? account : JSON.stringify(account), metadata: metadata === undefined ? null : JSON.stringify(metadata) });
  }
  return Object.fromEntries(check.findings().map(({ id, reasons }) => [id, reasons.map(({ code }) => code)]));
}

describe("whether somebody could sign in", () => {
  it("finds nothing wrong with whom nothing is wrong", () => {
    const check = createLoginCheck();
    for (const account of sampleAccounts(40)) check.add(account);
    expect(check.findings()).toEqual([]);
    expect(check.counts).toEqual({ records: 40, couldNotSignIn: 0 });
  });

  it.each<[string, Parts, LoginReasonCode[]]>([
    ["no document", { ...good("a"), account: null }, ["UNREADABLE"]],
    ["an empty document", { ...good("a"), account: "" }, ["UNREADABLE"]],
    ["a text", { ...good("a"), account: "Dear diary" }, ["UNREADABLE"]],
    ["a cut document", { ...good("a"), account: JSON.stringify(goodAccount("a")).slice(0, -1) }, ["UNREADABLE"]],
    ["a list", { ...good("a"), account: [goodAccount("a")] }, ["UNREADABLE"]],
    ["null", { ...good("a"), account: "null" }, ["UNREADABLE"]],
    ["a number", { ...good("a"), account: "7" }, ["UNREADABLE"]],
    ["another id", { ...good("a"), account: { ...goodAccount("a"), user_id: "b" } }, ["OTHER_ID"]],
    ["no id", { ...good("a"), account: { ...goodAccount("a"), user_id: undefined } }, ["NO_ID"]],
    ["an id of null", { ...good("a"), account: { ...goodAccount("a"), user_id: null } }, ["NO_ID"]],
    ["another number", { ...good("7"), account: { ...goodAccount("7"), user_id: 8 } }, ["OTHER_ID"]],
    ["no e-mail", { ...good("a"), account: { ...goodAccount("a"), email: undefined } }, ["NO_EMAIL"]],
    ["an empty e-mail", { ...good("a"), account: { ...goodAccount("a"), email: " " } }, ["NO_EMAIL"]],
    ["an e-mail that is no text", { ...good("a"), account: { ...goodAccount("a"), email: 5 } }, ["NO_EMAIL"]],
    ["no password", { ...good("a"), account: { ...goodAccount("a"), password_hash: undefined } }, ["NO_PASSWORD"]],
    ["a password of null", { ...good("a"), account: { ...goodAccount("a"), password_hash: null } }, ["NO_PASSWORD"]],
    ["an empty password", { ...good("a"), account: { ...goodAccount("a"), password_hash: "" } }, ["NO_PASSWORD"]],
    ["a cut password", { ...good("a"), account: { ...goodAccount("a"), password_hash: BCRYPT.slice(0, 40) } }, ["UNKNOWN_PASSWORD"]],
    ["another e-mail in the metadata", { ...good("a"), metadata: { email: "old@example.com" } }, ["EMAIL_DIFFERS"]],
    ["no e-mail in the metadata", { ...good("a"), metadata: { user_id: "a" } }, ["EMAIL_NOT_IN_METADATA"]],
    ["no metadata", { id: "a", account: goodAccount("a") }, ["EMAIL_NOT_IN_METADATA"]],
    ["all at once", { id: "a", account: { user_id: "b", email: "x@example.com", password: "hunter2" }, metadata: { email: "y@example.com" } }, ["OTHER_ID", "UNKNOWN_PASSWORD", "EMAIL_DIFFERS"]],
  ])("%s", (_, broken, codes) => {
    expect(reasonsOf([good("first"), broken, good("last")])).toEqual({ [broken.id]: codes });
  });

  it("stops both who share an e-mail address, whoever comes first, and all three", () => {
    const shared = (id: string): Parts => ({ id, account: { ...goodAccount(id), email: "one@example.com" }, metadata: { email: "one@example.com" } });
    expect(reasonsOf([shared("a"), good("b"), shared("c"), shared("d")])).toEqual({ a: ["SAME_EMAIL"], c: ["SAME_EMAIL"], d: ["SAME_EMAIL"] });
  });

  it("does not take two people for one because of the case of a letter", () => {
    const named = (id: string, email: string): Parts => ({ id, account: { ...goodAccount(id), email }, metadata: { email } });
    expect(reasonsOf([named("a", "Ann@example.com"), named("b", "ann@example.com")])).toEqual({});
  });

  it("does not ask for an e-mail in the metadata where nobody has one", () => {
    const bare = (id: string): Parts => ({ id, account: goodAccount(id), metadata: { plan: "free" } });
    expect(reasonsOf([bare("a"), bare("b")])).toEqual({});
  });

  it("does not ask for an id inside where nobody has one: ChromaDB's own tells them apart", () => {
    const bare = (id: string): Parts => ({ ...good(id), account: { email: `${id}@example.com`, password_hash: BCRYPT } });
    expect(reasonsOf([bare("a"), bare("b")])).toEqual({});
  });

  it.each(["hashed_password", "passwordHash", "password"])("finds a hash under the name %s", (name) => {
    expect(reasonsOf([{ ...good("a"), account: { user_id: "a", email: "a@example.com", [name]: BCRYPT } }])).toEqual({});
  });

  it("takes a numbered account for its text", () => {
    expect(reasonsOf([{ ...good("7"), account: { ...goodAccount("7"), user_id: 7 } }])).toEqual({});
  });

  it("says nothing of e-mail addresses, hashes or passwords", () => {
    const check = createLoginCheck();
    const account = { user_id: "u-other", email: "secret@example.com", password: "s3cret-password" };
    check.add({ id: "a", document: JSON.stringify(account), metadata: '{"email":"else@example.com"}' });
    check.add({ id: "b", document: JSON.stringify({ ...account, password_hash: `${BCRYPT}x` }), metadata: null });
    const said = JSON.stringify(check.findings());
    expect(check.counts).toEqual({ records: 2, couldNotSignIn: 2 });
    expect(said).not.toMatch(/secret|s3cret|@|\$2b|u-other/);
    for (const { reasons } of check.findings()) for (const { message } of reasons) expect(message).toMatch(/^[A-Z].*\.$/);
  });
});
