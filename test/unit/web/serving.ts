/** `account-keeper serve` as a process, for tests: its link, its app, its end, and an opener in place of a browser. */
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { ownTemporary, startCli, type CliEnd, type CliProcess } from "../../support/cli-process.ts";
import { pathOf, send, type Answer } from "./web-stage.ts";

export const LINK = /http:\/\/127\.0\.0\.1:(\d+)\/enter\?token=[\w-]{43}/;
/** No display and no runtime of whoever runs the tests. */
export const NOTHING_OF_OURS = { DISPLAY: "", WAYLAND_DISPLAY: "", ELECTRON_OVERRIDE_DIST_PATH: "" };

export interface Serving {
  readonly link: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly temporary: string;
  /** Uses the link up. */
  enter(): Promise<string>;
  call(cookie: string, command: string, body?: string): Promise<Answer>;
  stop(signal?: NodeJS.Signals): Promise<CliEnd>;
}

/** The first output that holds a link; fails when the process ends without one. */
export async function linkOf({ child, ended }: CliProcess): Promise<RegExpExecArray> {
  let said = "";
  for (;;) {
    const link = LINK.exec(said);
    if (link !== null) return link;
    const next: unknown = await Promise.race([ended, child.stdout === null ? ended : once(child.stdout, "data")]);
    if (!Array.isArray(next)) throw new Error(`It ended without a link: ${JSON.stringify(next)}`);
    said += String(next[0]);
  }
}

export async function startServing(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
  const [dataFolder, temporary] = [ownTemporary(), ownTemporary()];
  const running = startCli(["serve", "--data-dir", dataFolder, ...args], { temporary, env: { ...NOTHING_OF_OURS, ...env } });
  const [link, digits] = await linkOf(running);
  const port = Number(digits);
  return {
    link,
    port,
    dataFolder,
    temporary,
    enter: async () => (await send(port, pathOf(link))).headers["set-cookie"]?.[0]?.split(";")[0] ?? "",
    call: async (cookie, command, body = "{}") => await send(port, `/api/call/${command}`, { method: "POST", body, headers: { cookie, origin: `http://127.0.0.1:${port}`, "content-type": "application/json" } }),
    async stop(signal = "SIGTERM") {
      running.child.kill(signal);
      return await running.ended;
    },
  };
}

/** An xdg-open of our own that writes down what it was to open. */
export async function fakeOpener(): Promise<{ env: NodeJS.ProcessEnv; opened(): Promise<string> }> {
  const folder = ownTemporary();
  await writeFile(join(folder, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${folder}/part && mv ${folder}/part ${folder}/opened\n`);
  await chmod(join(folder, "xdg-open"), 0o755);
  const read = async (): Promise<string> => await readFile(join(folder, "opened"), "utf8").catch(() => "");
  return {
    env: { DISPLAY: ":77", PATH: `${folder}:${process.env["PATH"] ?? ""}` },
    async opened() {
      await expect.poll(read, { timeout: 20_000 }).toMatch(LINK);
      return await read();
    },
  };
}
