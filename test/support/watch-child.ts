/**
 * A watcher in a process of its own (the built one), to be led step by step and killed: it says everything that happens,
 * also before each change of a name on the disk, sleeps until it is woken with the time it then is, and stands still at a chosen moment.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Writable } from "node:stream";
import { z } from "zod";
import { onTestFinished } from "vitest";
import { activitySchema, type Activity } from "../../electron/engine/activity/activity.ts";

const builtWatcher = new URL("../../dist/electron/app/watch/watch-site.js", import.meta.url).href;

/** Where a look stands still: at its n-th event, or at the first of a phase. */
export type FreezeAt = number | string | null;

const SCRIPT = `
import fs, { readSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { syncBuiltinESMExports } from "node:module";
const { url, collectionName, folder, ...first } = JSON.parse(process.argv[1]);
const commands = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const stop = new AbortController();
let now, freezeAt, events;
function obey(command) { now = new Date(command.now); freezeAt = command.freezeAt; events = 0; }
function say(event) { writeSync(1, JSON.stringify(event) + "\\n"); }
function happen(event) {
  events += 1;
  if (freezeAt !== events && freezeAt !== event.phase) return say(event);
  freezeAt = null;
  say({ ...event, frozen: true });
  readSync(3, Buffer.alloc(1));
}
obey(first);
for (const name of ["rename", "link", "rm"]) {
  const real = fs.promises[name];
  fs.promises[name] = async (...args) => { happen({ phase: "before " + name }); return await real(...args); };
}
syncBuiltinESMExports();
const { watchSite } = await import(${JSON.stringify(builtWatcher)});
await watchSite({ source: { kind: "server", url }, collectionName, folder }, {
  signal: stop.signal, rehearse: false, random: () => 0.5, connect: { retries: { retries: 0, firstPauseMs: 1 } },
  onActivity: (activity) => happen({ activity }),
  onProgress: ({ phase }) => happen({ phase }),
  clock: {
    now: () => now,
    async sleep() {
      say({ asleep: true });
      const { value, done } = await commands.next();
      if (done) stop.abort(); else obey(JSON.parse(value));
    },
  },
});
process.exit(0);
`;

const eventSchema = z.object({ activity: activitySchema.optional(), phase: z.string().optional(), frozen: z.boolean().default(false), asleep: z.boolean().default(false) });

export interface WatchChildOptions {
  readonly url: string;
  readonly collectionName: string;
  readonly folder: string;
  /** TMPDIR, where the locks of sites lie. */
  readonly temporary: string;
  readonly now: Date;
  readonly freezeAt: FreezeAt;
}

export interface WatchChild {
  /** Everything it told since it was started. */
  readonly activities: readonly Activity[];
  /** What it said last, for the words of a failure. */
  readonly lastEvent: string;
  /** Until the look under way is over, or stands still. */
  untilStill(): Promise<"asleep" | "frozen">;
  wake(now: Date, freezeAt: FreezeAt): void;
  thaw(): void;
  /** kill -9. */
  kill(): Promise<void>;
  /** Tells it to stop; fails unless it ends by itself and in order. */
  stop(): Promise<void>;
}

/** Its first look begins at once. Killed when the test ends. */
export function startWatchChild({ temporary, ...first }: WatchChildOptions): WatchChild {
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, JSON.stringify(first)], { env: { ...process.env, TMPDIR: temporary }, stdio: ["pipe", "pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [stdin, stdout, stderr, thawing] = [child.stdin, child.stdout, child.stderr, child.stdio[3] as Writable];
  // It may be killed while it is being spoken to.
  for (const pipe of [stdin, thawing]) pipe.on("error", () => undefined);
  const errors = text(stderr);
  const exited = once(child, "exit");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const activities: Activity[] = [];
  let lastEvent = "nothing";

  return {
    activities,
    get lastEvent() {
      return lastEvent;
    },
    async untilStill() {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`The watcher ended. ${await errors}`);
        const event = eventSchema.parse(JSON.parse(line.value));
        if (event.activity !== undefined) activities.push(event.activity);
        if (event.asleep) return "asleep";
        lastEvent = event.activity?.kind ?? event.phase ?? "";
        if (event.frozen) return "frozen";
      }
    },
    wake: (now, freezeAt) => void stdin.write(`${JSON.stringify({ now, freezeAt })}\n`),
    thaw: () => void thawing.write("."),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      stdin.end();
      await exited;
      if (child.exitCode !== 0) throw new Error(`The watcher did not end in order: ${String(child.exitCode)}. ${await errors}`);
    },
  };
}
