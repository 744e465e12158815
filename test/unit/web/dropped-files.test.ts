/** Files that a browser hands over: who may, how much, under which name, and that nothing of them stays. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createDroppedFiles, shownName, type DroppedFiles } from "../../../electron/web/dropped-files.ts";
import { tempFolder } from "../backup/make-backup.ts";
import { answerTo, createWebStage, refusal, type Answer, type Sent, type WebStage } from "./web-stage.ts";

const MB = 1024 * 1024;
const BYTES = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x7d]);

async function drop(stage: WebStage, { headers, ...sent }: Sent = {}, name = "user_backup_20261123.json"): Promise<Answer> {
  const body = (sent.method ?? "POST") === "POST" ? { body: BYTES } : {};
  return await stage.send(`/api/file?name=${encodeURIComponent(name)}`, { method: "POST", ...body, ...sent, headers: { origin: stage.origin, "content-type": "application/octet-stream", ...headers } });
}

/** No token, one line in the log, no other page reads the answer. */
function expectRefused(stage: WebStage, answer: Answer, expected: { status: number; code: string; log: string }): void {
  expect({ status: answer.status, json: answer.json() }).toMatchObject({ status: expected.status, json: refusal(expected.code) });
  expect(stage.refused()).toEqual([expected.log]);
  expect([stage.app.given, stage.app.calls]).toEqual([[], []]);
  expect(Object.keys(answer.headers).filter((header) => header.startsWith("access-control"))).toEqual([]);
}

const pathOf = (stage: WebStage, index = 0): string => stage.app.given[index]?.[0] ?? "";

describe("a file from the page", () => {
  it("is there for this user alone, under a name of ours, and gone with the host", async () => {
    const stage = await createWebStage();
    const answer = await drop(stage, { headers: { cookie: await stage.enter() } });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json", "cache-control": "no-store" } });
    expect(answer.json()).toEqual({ ok: true, value: { token: expect.stringMatching(/^path_/) as string, shown: "user_backup_20261123.json" } });
    expect(answer.body).not.toContain("dropped-");
    const path = pathOf(stage);
    expect(basename(path)).toMatch(/^dropped-[0-9a-f]{16}$/);
    expect(await readFile(path)).toEqual(BYTES);
    if (process.platform !== "win32") expect([(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777]).toEqual([0o600, 0o700]);
    await stage.host.close();
    expect([existsSync(path), existsSync(dirname(path))]).toEqual([false, false]);
    expect(stage.app.calls).toEqual([]);
  });

  it("may have 64 MB and not a byte more, announced or not", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    expect((await drop(stage, { headers: { cookie }, body: Buffer.alloc(64 * MB) })).status).toBe(200);
    expect((await stat(pathOf(stage))).size).toBe(64 * MB);
    const folder = dirname(pathOf(stage));
    stage.app.given.length = 0;
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const answer = await drop(stage, { headers: { cookie, ...headers }, body: Buffer.alloc(64 * MB + 1) });
      expectRefused(stage, answer, { status: 413, code: "REQUEST_TOO_LARGE", log: "Refused POST /api/file with 413: file too large." });
    }
    expect(await readdir(folder)).toHaveLength(1);
  });

  it("announced as too large is refused before it arrives", async () => {
    const stage = await createWebStage();
    const headers = { cookie: await stage.enter(), origin: stage.origin, "content-type": "application/octet-stream", "content-length": 65 * MB };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/file?name=a", method: "POST", headers, agent: false });
    onTestFinished(() => void request.destroy());
    request.on("error", () => undefined);
    request.write("{");
    expectRefused(stage, await answerTo(request), { status: 413, code: "REQUEST_TOO_LARGE", log: "Refused POST /api/file with 413: file too large." });
  });

  it("that breaks off gets no token and leaves nothing", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    await drop(stage, { headers: { cookie } });
    const folder = dirname(pathOf(stage));
    const headers = { cookie, origin: stage.origin, "content-type": "application/octet-stream", "content-length": 100 };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/file?name=a", method: "POST", headers, agent: false });
    request.on("error", () => undefined);
    request.write("{");
    await expect.poll(async () => await readdir(folder)).toHaveLength(2);
    request.destroy();
    await expect.poll(() => stage.refused()).toEqual(["Refused POST /api/file with 400: file broken off."]);
    expect(await readdir(folder)).toHaveLength(1);
    expect(stage.app.given).toHaveLength(1);
  });

  it("that still arrives when the host ends leaves nothing", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    await drop(stage, { headers: { cookie } });
    const folder = dirname(pathOf(stage));
    const headers = { cookie, origin: stage.origin, "content-type": "application/octet-stream", "content-length": 100 };
    const request = httpRequest({ host: "127.0.0.1", port: stage.port, path: "/api/file?name=a", method: "POST", headers, agent: false });
    request.on("error", () => undefined);
    request.write("{");
    await expect.poll(async () => await readdir(folder)).toHaveLength(2);
    await stage.host.close();
    expect(existsSync(folder)).toBe(false);
    expect(stage.app.given).toHaveLength(1);
  });
});

describe("is not taken", () => {
  it("without a cookie, or with a made-up one", async () => {
    const stage = await createWebStage();
    for (const headers of [{}, { cookie: `account_keeper_${stage.port}=${"x".repeat(43)}` }]) {
      expectRefused(stage, await drop(stage, { headers }), { status: 401, code: "SENDER_REFUSED", log: "Refused POST /api/file with 401: no session." });
    }
  });

  it("from another page, or under another name of this computer", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    expectRefused(stage, await drop(stage, { headers: { cookie, origin: "https://evil.example" } }), { status: 403, code: "SENDER_REFUSED", log: "Refused POST /api/file with 403: foreign page https://evil.example." });
    expectRefused(stage, await drop(stage, { headers: { cookie, "sec-fetch-site": "cross-site" } }), { status: 403, code: "SENDER_REFUSED", log: "Refused POST /api/file with 403: asked for by another page." });
    expectRefused(stage, await drop(stage, { headers: { cookie, host: `evil.example:${stage.port}` } }), { status: 421, code: "SENDER_REFUSED", log: "Refused POST /api/file with 421: wrong Host header." });
  });

  it("without an Origin header", async () => {
    const stage = await createWebStage();
    const answer = await stage.send("/api/file?name=a", { method: "POST", body: BYTES, headers: { cookie: await stage.enter(), "content-type": "application/octet-stream" } });
    expectRefused(stage, answer, { status: 403, code: "SENDER_REFUSED", log: "Refused POST /api/file with 403: missing Origin header." });
  });

  it.each(["GET", "PUT", "PATCH", "DELETE"])("with %s", async (method) => {
    const stage = await createWebStage();
    expectRefused(stage, await drop(stage, { method, headers: { cookie: await stage.enter() } }), { status: 405, code: "BAD_REQUEST", log: `Refused ${method} /api/file with 405: wrong method.` });
  });

  it.each(["application/json", "multipart/form-data; boundary=x", "text/plain", "application/octet-streams"])("as %s", async (type) => {
    const stage = await createWebStage();
    expectRefused(stage, await drop(stage, { headers: { cookie: await stage.enter(), "content-type": type } }), { status: 415, code: "BAD_REQUEST", log: "Refused POST /api/file with 415: not application/octet-stream." });
  });

  it("and its channel on the desktop is no command here", async () => {
    const stage = await createWebStage();
    await stage.call("keeper.file", { cookie: await stage.enter(), body: '{"path":"/etc/passwd"}' });
    expect(stage.app.given).toEqual([]);
    expect(stage.app.calls).toEqual([["keeper.file", { path: "/etc/passwd" }]]);
  });
});

describe("its name", () => {
  it.each([
    ["user_backup_20261123.json", "user_backup_20261123.json"],
    ["../../etc/passwd", "passwd"],
    ["C:\\Users\\Anna\\Backup ä.json", "Backup ä.json"],
    ["two\nlines\u0000\u202Enosj.txt", "twolinesnosj.txt"],
    ["x".repeat(300), "x".repeat(200)],
    [`${"x".repeat(199)}😀`, "x".repeat(199)],
    ["..", ".."],
    ["folder/", "A file"],
    ["", "A file"],
    [undefined, "A file"],
  ])("%j is only shown", (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  it("reaches the app as what is shown, and no path", async () => {
    const stage = await createWebStage();
    const cookie = await stage.enter();
    await drop(stage, { headers: { cookie } }, "../../evil.json");
    await stage.send("/api/file", { method: "POST", body: BYTES, headers: { cookie, origin: stage.origin, "content-type": "application/octet-stream" } });
    expect(stage.app.given.map(([, shown]) => shown)).toEqual(["evil.json", "A file"]);
    for (const [path] of stage.app.given) expect(path).toMatch(/[\\/]account-keeper-server-[^\\/]+[\\/]dropped-[0-9a-f]{16}$/);
  });
});

describe("files that were dropped", () => {
  const request = (): Request => new Request("http://127.0.0.1/", { method: "POST", body: BYTES, headers: { "content-type": "application/octet-stream" } });

  async function take(files: DroppedFiles): Promise<string> {
    const dropped = await files.take(request());
    if (!dropped.ok) throw dropped.refusal.error;
    return dropped.path;
  }

  it("are gone after their time, before the host ends", async () => {
    const files = createDroppedFiles(200);
    onTestFinished(async () => await files.close());
    const path = await take(files);
    expect(existsSync(path)).toBe(true);
    await expect.poll(() => existsSync(path)).toBe(false);
    expect(existsSync(dirname(path))).toBe(true);
  });

  it("stay for a day: a restore is thought over, and reads its file to the end", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const files = createDroppedFiles();
    onTestFinished(async () => await files.close());
    await take(files);
    expect(timers.mock.calls.map(([, delayMs]) => delayMs)).toContain(86_400_000);
  });

  it("are eight at most: the oldest goes", async () => {
    const files = createDroppedFiles();
    onTestFinished(async () => await files.close());
    const paths: string[] = [];
    for (let index = 0; index < 9; index += 1) paths.push(await take(files));
    await expect.poll(() => paths.map((path) => existsSync(path))).toEqual([false, ...Array<boolean>(8).fill(true)]);
  });

  it("are refused after the end", async () => {
    const files = createDroppedFiles();
    await files.close();
    expect(await files.take(request())).toMatchObject({ ok: false, refusal: { status: 400 } });
  });

  it("that cannot be written to their end leave nothing", async () => {
    const files = createDroppedFiles();
    onTestFinished(async () => await files.close());
    const folder = dirname(await take(files));
    // Stands for a disk that is full: the system takes the first piece and not the second.
    const pieces = new ReadableStream<unknown>({
      start(controller) {
        for (const piece of [BYTES, { byteLength: 1 }]) controller.enqueue(piece);
        controller.close();
      },
    });
    await expect(files.take({ headers: request().headers, body: pieces as ReadableStream<Uint8Array> })).rejects.toThrow();
    expect(await readdir(folder)).toHaveLength(1);
    await files.close();
    expect(existsSync(folder)).toBe(false);
  });

  it("find another place when somebody has tidied up", async () => {
    const files = createDroppedFiles();
    onTestFinished(async () => await files.close());
    await rm(dirname(await take(files)), { recursive: true });
    await expect(files.take(request())).rejects.toMatchObject({ code: "FOLDER_NOT_WRITABLE" });
    expect(existsSync(await take(files))).toBe(true);
  });

  it("and cannot be removed at the end do not hold it up", async () => {
    const [temporary, file] = [join(await tempFolder(), "temporary"), join(await tempFolder(), "file")];
    await mkdir(temporary);
    await writeFile(file, "");
    vi.stubEnv("TMPDIR", temporary);
    const files = createDroppedFiles();
    await take(files);
    vi.unstubAllEnvs();
    await rename(temporary, `${file}.moved`);
    // Where the folder was there is none to look into.
    await rename(file, temporary);
    await files.close();
  });

  it("and have no place to wait say so, until there is one", async () => {
    vi.stubEnv("TMPDIR", "/nowhere/at/all");
    const files = createDroppedFiles();
    onTestFinished(async () => await files.close());
    await expect(files.take(request())).rejects.toMatchObject({ code: "FOLDER_NOT_WRITABLE" });
    vi.unstubAllEnvs();
    expect(existsSync(await take(files))).toBe(true);
  });
});
