import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAuth } from "../../../electron/cli/auth-file.ts";
import { chooseServer, chooseSource, type SourceFlags } from "../../../electron/cli/source-options.ts";
import { isKeeperError, type KeeperError } from "../../../shared/errors.ts";

let folder = "";
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "keeper-cli-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function errorOf(flags: SourceFlags, env: Record<string, string> = {}): Promise<KeeperError> {
  const error: unknown = await chooseSource(flags, env).catch((thrown: unknown) => thrown);
  if (isKeeperError(error)) return error;
  throw new Error("no KeeperError was thrown");
}

describe("parseAuth", () => {
  it.each([
    ["bearer abc.DEF-1", { kind: "bearer", token: "abc.DEF-1" }],
    ["Bearer  abc", { kind: "bearer", token: "abc" }],
    ["\n# my key\n\nX-Chroma-Token ck-1\r\n", { kind: "chroma_token", token: "ck-1" }],
    ["basic ann:pass:word with spaces", { kind: "basic", user: "ann", password: "pass:word with spaces" }],
    ["header X-Api-Key: a b", { kind: "header", name: "X-Api-Key", value: "a b" }],
    ["header X-Api-Key:abc", { kind: "header", name: "X-Api-Key", value: "abc" }],
  ])("reads %j", (text, auth) => {
    expect(parseAuth(text)).toEqual(auth);
  });

  it.each(["", "# nothing", "abc", "bearer", "bearer a b", "basic ann", "basic :x", "basic ann:", "header X-Api-Key", "header X-Api-Key:", "header X Y: z", "digest abc"])("takes %j for no key", (text) => {
    expect(parseAuth(text)).toBeNull();
  });
});

describe("chooseSource", () => {
  it("takes the server of --url, and users when no collection is named", async () => {
    expect(await chooseSource({ url: "http://localhost:8000" }, {})).toEqual({ source: { kind: "server", url: "http://localhost:8000" }, collection: "users" });
  });

  it("lets every flag win over the environment", async () => {
    const env = { CHROMA_URL: "http://other", CHROMA_TENANT: "t1", CHROMA_DATABASE: "d1", CHROMA_COLLECTION: "c1", CHROMA_TOKEN: "from-env" };
    const authFile = file("key", "x-chroma-token from-file");
    expect(await chooseSource({ url: "http://here", tenant: "t2", database: "d2", collection: "c2", authFile }, env)).toEqual({
      source: { kind: "server", url: "http://here", tenant: "t2", database: "d2", auth: { kind: "chroma_token", token: "from-file" } },
      collection: "c2",
    });
    expect(await chooseSource({}, env)).toEqual({
      source: { kind: "server", url: "http://other", tenant: "t1", database: "d1", auth: { kind: "bearer", token: "from-env" } },
      collection: "c1",
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ CHROMA_HOST: "db.example.org" }, "db.example.org"],
    [{ CHROMA_HOST: "db.example.org", CHROMA_PORT: "8000" }, "db.example.org:8000"],
    [{ CHROMA_HOST: "db.example.org", CHROMA_PORT: "8000", CHROMA_SSL: "true" }, "https://db.example.org:8000"],
    [{ CHROMA_HOST: "db.example.org", CHROMA_SSL: "0" }, "http://db.example.org"],
    [{ CHROMA_HOST: "https://db.example.org/", CHROMA_PORT: "444" }, "https://db.example.org:444"],
    [{ CHROMA_HOST: "::1", CHROMA_PORT: "8000", CHROMA_SSL: "no" }, "http://[::1]:8000"],
    [{ CHROMA_HOST: " db ", CHROMA_PORT: " ", CHROMA_URL: "" }, "db"],
  ])("makes an address of %j", async (env, url) => {
    expect((await chooseSource({}, env)).source).toMatchObject({ kind: "server", url });
  });

  it("takes a data folder before the environment", async () => {
    expect((await chooseSource({ folder: "data", tenant: "t" }, { CHROMA_URL: "http://other", CHROMA_TOKEN: "x" })).source).toEqual({ kind: "folder", path: "data", tenant: "t" });
  });

  it("takes the key of Chroma Cloud from the file, CHROMA_API_KEY, CHROMA_TOKEN, in this order", async () => {
    const both = { CHROMA_API_KEY: "ck-1", CHROMA_TOKEN: "ck-2" };
    const key = async (flags: SourceFlags, env: Record<string, string>): Promise<unknown> => (await chooseSource({ cloud: true, ...flags }, env)).source;
    expect(await key({ authFile: file("cloud", "x-chroma-token ck-0") }, both)).toEqual({ kind: "cloud", apiKey: "ck-0" });
    expect(await key({}, both)).toEqual({ kind: "cloud", apiKey: "ck-1" });
    expect(await key({}, { CHROMA_TOKEN: "ck-2" })).toEqual({ kind: "cloud", apiKey: "ck-2" });
  });

  it("sends CHROMA_API_KEY to a server only when there is no CHROMA_TOKEN", async () => {
    const flags = { url: "http://here" };
    expect((await chooseSource(flags, { CHROMA_API_KEY: "a", CHROMA_TOKEN: "b" })).source).toMatchObject({ auth: { kind: "bearer", token: "b" } });
    expect((await chooseSource(flags, { CHROMA_API_KEY: "a" })).source).toMatchObject({ auth: { kind: "chroma_token", token: "a" } });
  });

  it("reads the certificate of a server", async () => {
    expect((await chooseSource({ url: "https://here", caFile: file("ca.pem", "\ufeffPEM TEXT\n") }, {})).source).toEqual({ kind: "server", url: "https://here", ca: "PEM TEXT\n" });
  });

  it("lists the ways when no source is named", async () => {
    const error = await errorOf({});
    expect(error.code).toBe("USAGE");
    for (const way of ["--url", "CHROMA_URL", "CHROMA_HOST", "--folder", "--cloud", "CHROMA_API_KEY"]) expect(error.hint).toContain(way);
  });

  it("lists only the ways that the command takes", async () => {
    await expect(chooseServer({}, {})).rejects.toMatchObject({ hint: "Say where the accounts are:\n  --url URL      a ChromaDB server (or CHROMA_URL, or CHROMA_HOST)" });
    await expect(chooseSource({}, {}, ["--url", "--cloud"])).rejects.toMatchObject({ hint: expect.not.stringContaining("--folder") as string });
  });

  it.each<[string, SourceFlags, Record<string, string>]>([
    ["two flags", { url: "http://a", folder: "b" }, {}],
    ["a server and the cloud", { url: "http://a", cloud: true }, {}],
    ["two in the environment", {}, { CHROMA_URL: "http://a", CHROMA_HOST: "b" }],
    ["a key file with a folder", { folder: "a", authFile: "b" }, {}],
    ["a certificate with a folder", { folder: "a", caFile: "b" }, {}],
    ["a certificate with the cloud", { cloud: true, caFile: "b" }, { CHROMA_API_KEY: "x" }],
    ["the cloud without a key", { cloud: true }, {}],
    ["no port", {}, { CHROMA_HOST: "a", CHROMA_PORT: "80a" }],
    ["a port too high", {}, { CHROMA_HOST: "a", CHROMA_PORT: "65536" }],
    ["an unclear CHROMA_SSL", {}, { CHROMA_HOST: "a", CHROMA_SSL: "maybe" }],
  ])("refuses %s", async (_, flags, env) => {
    const error = await errorOf(flags, env);
    expect(error.code).toBe("USAGE");
    expect(error.hint).toBeTruthy();
  });

  it.each(["http://ann:s3cret@host", "https://s3cret@host/path", "ann:s3cret@host:8000", "//ann:s3cret@host"])("refuses a password in --url and does not repeat it: %s", async (url) => {
    const error = await errorOf({ url });
    expect(error.code).toBe("USAGE");
    expect(`${error.message} ${error.hint ?? ""}`).not.toContain("s3cret");
    expect((await chooseSource({}, { CHROMA_URL: url })).source).toMatchObject({ url });
  });

  it("allows an @ further on in the address", async () => {
    expect((await chooseSource({ url: "http://host/@team" }, {})).source).toMatchObject({ url: "http://host/@team" });
  });

  it("repeats nothing of a key file that it cannot read", async () => {
    const error = await errorOf({ url: "http://a", authFile: file("odd", "s3cret-token-alone") });
    expect(error.code).toBe("USAGE");
    expect(error.hint).toContain("basic user:password");
    expect(`${error.message} ${error.hint ?? ""}`).not.toContain("s3cret");
    expect((await errorOf({ cloud: true, authFile: file("basic", "basic ann:s3cret") })).message).not.toContain("s3cret");
  });

  it("says which file cannot be read", async () => {
    expect(await errorOf({ url: "http://a", authFile: join(folder, "missing") })).toMatchObject({ code: "FILE_UNREADABLE", message: expect.stringContaining("missing") as string });
    expect(await errorOf({ url: "http://a", caFile: folder })).toMatchObject({ code: "FILE_UNREADABLE" });
    expect(await errorOf({ url: "http://a", caFile: file("huge", "x".repeat(1024 * 1024 + 1)) })).toMatchObject({ code: "FILE_UNREADABLE" });
  });
});
