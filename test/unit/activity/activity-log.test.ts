import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Activity } from "../../../electron/engine/activity/activity.ts";
import { readActivity, recordActivity } from "../../../electron/engine/activity/activity-log.ts";
import { bundleChild } from "../../support/bundle-child.ts";
import { errorOf, namesIn, tempFolder } from "../backup/make-backup.ts";

const LOG = "account-keeper-activity.jsonl";
const OLDER = "account-keeper-activity.1.jsonl";
const MAX_BYTES = 4 * 1024 * 1024;

function activity(message: string, rest: Partial<Activity> = {}): Activity {
  return { at: "2026-11-23T10:15:00.123Z", kind: "backed_up", level: "info", site: "http://localhost:8000", message, ...rest };
}

const messagesIn = async (folder: string, limit = 1_000_000): Promise<string[]> => (await readActivity(folder, limit)).map(({ message }) => message);

/** A log that has reached its size, of lines that can be read. */
async function fillLog(folder: string, message: string): Promise<number> {
  const line = `${JSON.stringify(activity(message))}\n`;
  const count = Math.ceil(MAX_BYTES / line.length) + 1;
  await writeFile(join(folder, LOG), line.repeat(count), { mode: 0o600 });
  return count;
}

describe("the activity log", () => {
  it("gives back what was recorded, oldest first, everything of it", async () => {
    const folder = await tempFolder();
    expect(await readActivity(folder, 10)).toEqual([]);
    const all = [activity("one"), activity("two – für „Ü“ 花", { kind: "deletions", level: "attention", hint: "Look.", ids: ["u-1", "u-2"] }), activity("three", { kind: "restored", line: "✅ Restored 7 users from backup" })];
    for (const item of all) await recordActivity(folder, item);
    expect(await readActivity(folder, 10)).toEqual(all);
  });

  it("gives the last ones when there are more than asked for", async () => {
    const folder = await tempFolder();
    for (const message of ["one", "two", "three"]) await recordActivity(folder, activity(message));
    expect(await messagesIn(folder, 2)).toEqual(["two", "three"]);
    expect(await messagesIn(folder, 1)).toEqual(["three"]);
    expect(await messagesIn(folder, 0)).toEqual([]);
  });

  it("is for its owner's eyes only, and no backup", async () => {
    const folder = await tempFolder();
    await recordActivity(folder, activity("one"));
    expect((await stat(join(folder, LOG))).mode & 0o777).toBe(0o600);
    expect(await namesIn(folder)).toEqual([LOG]);
  });

  it("goes on after a crash in the middle of a line, and loses that line only", async () => {
    const folder = await tempFolder();
    await recordActivity(folder, activity("before"));
    const whole = JSON.stringify(activity("torn – ü"));
    // Also in the middle of a character.
    await appendFile(join(folder, LOG), Buffer.from(whole).subarray(0, Buffer.from(whole).indexOf("ü") + 1));
    expect(await messagesIn(folder)).toEqual(["before"]);
    await recordActivity(folder, activity("after"));
    await recordActivity(folder, activity("later"));
    expect(await messagesIn(folder)).toEqual(["before", "after", "later"]);
  });

  it("passes over what it does not know: other lines, and kinds of a later version", async () => {
    const folder = await tempFolder();
    await recordActivity(folder, activity("one"));
    const strange = [{ ...activity("later"), kind: "teleported" }, { ...activity("later"), level: "panic" }, { ...activity("later"), at: "yesterday" }, [], 7, null];
    await appendFile(join(folder, LOG), `${strange.map((item) => JSON.stringify(item)).join("\n")}\n\nno JSON\n${JSON.stringify({ ...activity("known, with more"), more: true })}\n`);
    await recordActivity(folder, activity("two"));
    expect(await messagesIn(folder)).toEqual(["one", "known, with more", "two"]);
  });

  it("begins a new log when this one is full, and keeps the older one", async () => {
    const folder = await tempFolder();
    const count = await fillLog(folder, "old");
    await recordActivity(folder, activity("new"));
    expect(await namesIn(folder)).toEqual([OLDER, LOG]);
    expect((await readFile(join(folder, LOG), "utf8")).trimEnd().split("\n")).toHaveLength(1);
    const messages = await messagesIn(folder);
    expect(messages).toHaveLength(count + 1);
    expect(messages.slice(-2)).toEqual(["old", "new"]);
    // Two logs at most.
    await fillLog(folder, "newer");
    await recordActivity(folder, activity("newest"));
    expect(await namesIn(folder)).toEqual([OLDER, LOG]);
    expect(new Set(await messagesIn(folder))).toEqual(new Set(["newer", "newest"]));
  });

  it("does not lose the line after an older log that was torn", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, OLDER), `${JSON.stringify(activity("old"))}\n{"at":"2026`);
    await recordActivity(folder, activity("new"));
    expect(await messagesIn(folder)).toEqual(["old", "new"]);
  });

  it("says what is wrong with the folder", async () => {
    const folder = await tempFolder();
    expect((await errorOf(() => recordActivity(join(folder, "missing"), activity("one")))).code).toBe("FOLDER_NOT_FOUND");
    await writeFile(join(folder, "file"), "");
    expect((await errorOf(() => recordActivity(join(folder, "file"), activity("one")))).code).toBe("FOLDER_NOT_FOUND");
  });
});

describe("several processes", () => {
  const WRITERS = ["a", "b", "c", "d"];
  const EACH = 150;
  let child: string;
  beforeAll(async () => {
    child = await bundleChild(new URL("./activity-log-child.ts", import.meta.url));
  }, 120_000);
  afterAll(async () => await rm(dirname(child), { recursive: true, force: true }));

  async function writeAtOnce(folder: string): Promise<void> {
    const ends = WRITERS.map(async (who) => {
      const writer = spawn(process.execPath, [child, folder, who, String(EACH)], { stdio: ["ignore", "ignore", "inherit"] });
      onTestFinished(() => void writer.kill("SIGKILL"));
      await once(writer, "exit");
      expect(writer.exitCode).toBe(0);
    });
    await Promise.all(ends);
  }

  /** Everything everybody wrote is there, whole and in each writer's order. */
  async function expectAll(folder: string): Promise<void> {
    const written = (await readActivity(folder, 1_000_000)).filter(({ site }) => WRITERS.includes(site));
    for (const who of WRITERS) {
      const own = written.filter(({ site }) => site === who).map(({ message }) => message);
      expect(own).toEqual(Array.from({ length: EACH }, (_, index) => `${index} ${who.repeat(300)}`));
    }
  }

  it("write into one log, and no line mixes with another", async () => {
    const folder = await tempFolder();
    await writeAtOnce(folder);
    await expectAll(folder);
    expect((await readFile(join(folder, LOG), "utf8")).trimEnd().split("\n").filter((line) => line !== "")).toHaveLength(WRITERS.length * EACH);
  }, 60_000);

  it("meet a full log at once, and nothing is lost when it is put away", async () => {
    for (let round = 0; round < 3; round += 1) {
      const folder = await tempFolder();
      const count = await fillLog(folder, "old");
      await writeAtOnce(folder);
      await expectAll(folder);
      expect((await messagesIn(folder)).filter((message) => message === "old")).toHaveLength(count);
      expect(await namesIn(folder)).toEqual([OLDER, LOG]);
    }
  }, 120_000);
});
