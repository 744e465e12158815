/** What people type as an address, and what of it may be shown. */
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../../electron/engine/chroma/address.ts";
import { authHeaders, createRedactor } from "../../../electron/engine/chroma/auth.ts";
import { isKeeperError } from "../../../shared/errors.ts";

describe("parseAddress", () => {
  it.each([
    ["http://127.0.0.1:8000", "http://127.0.0.1:8000"],
    ["https://db.example.com/", "https://db.example.com"],
    ["  https://db.example.com:8443/chroma/ ", "https://db.example.com:8443/chroma"],
    ["HTTPS://DB.Example.com:443", "https://db.example.com"],
    ["localhost:8000", "http://localhost:8000"],
    ["chroma:8000", "http://chroma:8000"],
    ["192.168.1.20:8000", "http://192.168.1.20:8000"],
    ["172.20.0.5:8000", "http://172.20.0.5:8000"],
    ["172.32.0.5:8000", "https://172.32.0.5:8000"],
    ["nas.local:8000", "http://nas.local:8000"],
    ["[::1]:8000", "http://[::1]:8000"],
    ["0.0.0.0:8000", "http://127.0.0.1:8000"],
    ["db.example.com", "https://db.example.com"],
    ["db.example.com:8000", "https://db.example.com:8000"],
    ["https://db.example.com/api/v2", "https://db.example.com"],
    ["https://db.example.com/chroma/api/v2/heartbeat", "https://db.example.com/chroma"],
    ["https://db.example.com/api/v1", "https://db.example.com"],
    ["https://db.example.com/docs/", "https://db.example.com"],
    ["https://db.example.com/?token=hunter2#x", "https://db.example.com"],
  ])("reads %s as %s", (typed, shown) => {
    const address = parseAddress(typed);
    expect(address.shown).toBe(shown);
    expect(`${address.origin}${address.basePath}`).toBe(shown);
  });

  it.each(["", "   ", "ftp://example.com", "file:///etc/passwd", "http://", "https://a b", "http://host:99999", "not an address", "http://exa\nmple.com", "http://%zz"])("refuses %j", (typed) => {
    expect(() => parseAddress(typed)).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS", message: "This is not the address of a server." }));
  });

  it("takes user and password out of the address", () => {
    const address = parseAddress("https://eve:s%40fe%2Fpass@db.example.com/x");
    expect(address.auth).toEqual({ kind: "basic", user: "eve", password: "s@fe/pass" });
    expect(JSON.stringify({ ...address, auth: undefined })).not.toMatch(/eve|fe/);
    expect(parseAddress("https://eve:100%25%@db.example.com").auth).toMatchObject({ user: "eve" });
    expect(parseAddress("eve:pw@localhost:8000")).toMatchObject({ shown: "http://localhost:8000", auth: { kind: "basic", user: "eve", password: "pw" } });
    expect(parseAddress("eve:pw@db.example.com").shown).toBe("https://db.example.com");
  });

  it("does not repeat a refused address, which may hold a password", () => {
    try {
      parseAddress("ftp://eve:hunter2@db.example.com");
      expect.unreachable();
    } catch (error) {
      if (!isKeeperError(error)) throw error;
      expect(`${error.message} ${error.hint ?? ""} ${String(error.cause)}`).not.toMatch(/hunter2|eve/);
    }
  });
});

describe("authHeaders", () => {
  it.each([
    [{ kind: "none" } as const, {}],
    [{ kind: "bearer", token: " tok \n" } as const, { authorization: "Bearer tok" }],
    [{ kind: "chroma_token", token: "tok" } as const, { "x-chroma-token": "tok" }],
    [{ kind: "basic", user: "eve", password: "pä:ss" } as const, { authorization: `Basic ${Buffer.from("eve:pä:ss").toString("base64")}` }],
    [{ kind: "header", name: "X-Api-Key", value: "v" } as const, { "x-api-key": "v" }],
  ])("%o", (auth, headers) => {
    expect(authHeaders(auth)).toEqual(headers);
  });

  it.each([
    { kind: "bearer", token: "a\nb" } as const,
    { kind: "bearer", token: "" } as const,
    { kind: "chroma_token", token: "clé" } as const,
    { kind: "header", name: "X Key", value: "v" } as const,
    { kind: "header", name: "", value: "v" } as const,
  ])("refuses what no header can hold: %o", (auth) => {
    expect(() => authHeaders(auth)).toThrow(expect.objectContaining({ code: "KEY_REFUSED" }));
  });
});

it("redacts a key wherever it comes back", () => {
  expect(createRedactor({ kind: "bearer", token: "tok-1" })("no tok-1 here, tok-1")).toBe("no [secret] here, [secret]");
  const basic = createRedactor({ kind: "basic", user: "eve", password: "pw-1" });
  expect(basic(`pw-1 ${Buffer.from("eve:pw-1").toString("base64")}`)).toBe("[secret] [secret]");
  expect(createRedactor({ kind: "basic", user: "eve", password: "" })("plain")).toBe("plain");
});
