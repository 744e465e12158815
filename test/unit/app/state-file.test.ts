/** The file of sites and settings: whole or not at all, and never reset in silence. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openStateFile } from "../../../electron/app/state-file.ts";

const schema = z.object({ version: z.literal(2), names: z.array(z.string()) });
const initial: z.infer<typeof schema> = { version: 2, names: [] };

async function stage(content?: string): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), "account-keeper-state-"));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const path = join(folder, "sites.json");
  if (content !== undefined) await writeFile(path, content);
  return { folder, path };
}

const open = async (path: string): ReturnType<typeof openStateFile<typeof initial>> => await openStateFile({ path, schema, initial, what: "Your list" });

describe("a state file", () => {
  it("begins empty, keeps what is changed, and comes back", async () => {
    const { path, folder } = await stage();
    const file = await open(path);
    expect(file).toMatchObject({ value: initial, notice: null });
    await Promise.all(["a", "b", "c"].map(async (name) => await file.update((value) => ({ ...value, names: [...value.names, name] }))));
    expect(file.value.names).toEqual(["a", "b", "c"]);
    expect((await open(path)).value.names).toEqual(["a", "b", "c"]);
    expect(await readdir(folder)).toEqual(["sites.json"]);
  });

  it.each(["", "{", '{"version":2,"names":"a"}', '{"version":1}', "[]"])("that is damaged (%j) is kept aside and told", async (content) => {
    const { path, folder } = await stage(content);
    const { notice, value } = await open(path);
    expect(value).toEqual(initial);
    expect(notice).toMatchObject({ code: "SETTINGS_UNREADABLE", message: "Your list could not be read, so we start with an empty one." });
    const [kept = ""] = await readdir(folder);
    expect(kept).toMatch(/^sites\.damaged-\d{14}\.json$/);
    expect(notice?.hint).toContain(kept);
    expect(await readFile(join(folder, kept), "utf8")).toBe(content);
  });

  it("of a later version stops the start and is left as it is", async () => {
    const { path, folder } = await stage('{"version":3}');
    await expect(open(path)).rejects.toMatchObject({ code: "SETTINGS_UNREADABLE", message: "Your list was written by a newer Account Keeper." });
    expect(await readdir(folder)).toEqual(["sites.json"]);
  });

  it("that cannot be written keeps the value it has, and the next change is tried again", async () => {
    const { path, folder } = await stage();
    const file = await open(path);
    await file.update((value) => ({ ...value, names: ["a"] }));
    await rm(folder, { recursive: true });
    await expect(file.update((value) => ({ ...value, names: ["b"] }))).rejects.toMatchObject({ code: "FOLDER_NOT_FOUND" });
    expect(file.value.names).toEqual(["a"]);
  });

  it("that cannot be read stops the start", async () => {
    const { path } = await stage();
    await mkdir(path);
    await expect(open(path)).rejects.toMatchObject({ code: "SETTINGS_UNREADABLE", message: "Your list cannot be read." });
  });
});
