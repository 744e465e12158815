import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { withVaultLock } from "../../../electron/engine/vault/lock.ts";
import { hasProvablyEnded, ownIdentity } from "../../../electron/engine/vault/process-identity.ts";
import { bundleChild } from "../../support/bundle-child.ts";
import { errorOf, namesIn, tempFolder } from "../backup/make-backup.ts";

const SLOW = 60_000;

let child: string;
beforeAll(async () => {
  child = await bundleChild(new URL("./child-writer.ts", import.meta.url));
}, SLOW);
afterAll(async () => await rm(dirname(child), { recursive: true, force: true }));

/** Between making its folder and its claim a process is nowhere to be seen; whoever takes the lock then must leave it alone. */
it("does not clear away a living process that has not shown up yet", async () => {
  const folder = await tempFolder();
  const coming = join(folder, `.account-keeper.lock-0123456789ab-${ownIdentity}`);
  await mkdir(coming);
  await withVaultLock(folder, async () => await Promise.resolve());
  expect((await stat(coming)).isDirectory()).toBe(true);
});

describe("the lock of a vault", () => {
  it("lets one work after the other, and leaves nothing behind", async () => {
    const folder = await tempFolder();
    const log: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await sleep(50);
      log.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([withVaultLock(folder, work("a")), withVaultLock(folder, work("b"))])).toStrictEqual(["a", "b"]);
    expect(log.map((line) => line.split(" ")[1])).toStrictEqual(["begins", "ends", "begins", "ends"]);
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it("is given back when the work fails, with its own error", async () => {
    const folder = await tempFolder();
    await expect(withVaultLock(folder, () => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it("says busy when somebody else goes on for too long", async () => {
    const folder = await tempFolder();
    await withVaultLock(folder, async () => {
      const error = await errorOf(() => withVaultLock(folder, () => Promise.resolve(), { waitMs: 300 }));
      expect(error).toMatchObject({ code: "BUSY", retryable: true, message: "Another Account Keeper is backing up this site." });
    });
  });

  it("stops waiting when it is cancelled, and hands the caller's signal to the work", async () => {
    const folder = await tempFolder();
    const controller = new AbortController();
    await withVaultLock(
      folder,
      async (signal) => {
        setTimeout(() => controller.abort(), 50);
        expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve(), { signal: controller.signal, waitMs: 30_000 }))).code).toBe("CANCELLED");
        expect(signal.aborted).toBe(true);
      },
      { signal: controller.signal },
    );
  });

  it("needs its folder", async () => {
    const folder = join(await tempFolder(), "missing");
    expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve()))).code).toBe("FOLDER_NOT_FOUND");
  });

  it("is taken over from a process that was killed", async () => {
    const folder = await tempFolder();
    const holder = spawn(process.execPath, [child, "hold-lock", folder], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void holder.kill("SIGKILL"));
    await once(holder.stdout, "data");
    expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve(), { waitMs: 0 }))).code).toBe("BUSY");
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await withVaultLock(folder, () => Promise.resolve("mine now"))).toBe("mine now");
    expect(await namesIn(folder)).toStrictEqual([]);
  }, SLOW);

  it("of a watcher stays fresh while the same process takes and gives back the one for writing", async () => {
    const folder = await tempFolder();
    const watching = async (signal: AbortSignal): Promise<void> => {
      await withVaultLock(folder, () => Promise.resolve());
      const [claim = ""] = await namesIn(join(folder, ".account-keeper-watch.lock"));
      const refreshedAt = async (): Promise<number> => (await stat(join(folder, ".account-keeper-watch.lock", claim))).mtimeMs;
      const before = await refreshedAt();
      await expect.poll(refreshedAt, { timeout: 20_000 }).toBeGreaterThan(before);
      expect(signal.aborted).toBe(false);
      expect((await errorOf(() => withVaultLock(folder, () => Promise.resolve(), { purpose: "watch", waitMs: 0 }))).code).toBe("BUSY");
    };
    await withVaultLock(folder, watching, { purpose: "watch" });
    expect(await namesIn(folder)).toStrictEqual([]);
  }, SLOW);

  it("is no hindrance to the same process when its drive was unplugged meanwhile and is plugged in again", async () => {
    const root = await tempFolder();
    const [folder, away] = [join(root, "vault"), join(root, "away")];
    await mkdir(folder);
    await withVaultLock(folder, async () => await rename(folder, away));
    await rename(away, folder);
    // Its process lives, so nobody may take it for a dead one's; only that process knows that it means nothing.
    expect(await namesIn(folder)).toStrictEqual([".account-keeper.lock"]);
    expect(await takeAtOnce(folder)).toBe("mine now");
    expect(await namesIn(folder)).toStrictEqual([]);
  });

  it("that is lost with its whole folder was taken by nobody", async () => {
    const folder = join(await tempFolder(), "vault");
    await mkdir(folder);
    const error = await errorOf(() =>
      withVaultLock(folder, async (signal) => {
        await rm(folder, { recursive: true });
        await sleep(30_000, undefined, { signal });
      }),
    );
    expect(error).toMatchObject({ code: "FOLDER_NOT_FOUND", message: "The backup folder is not there." });
  }, SLOW);

  it("stops the work when somebody took it away", async () => {
    const folder = await tempFolder();
    const error = await errorOf(() =>
      withVaultLock(folder, async (signal) => {
        await rm(join(folder, ".account-keeper.lock"), { recursive: true });
        await sleep(30_000, undefined, { signal });
      }),
    );
    expect(error).toMatchObject({ code: "BUSY", message: "Another Account Keeper took over this backup folder." });
  }, SLOW);
});

/** A lock as somebody else holds it. `silentMs`: since the last sign of life. */
async function lockOf(identity: string, silentMs = 0): Promise<string> {
  const folder = await tempFolder();
  const path = join(folder, ".account-keeper.lock");
  await mkdir(path);
  const claim = join(path, `0123456789ab-${identity}`);
  await writeFile(claim, ".");
  const at = new Date(Date.now() - silentMs);
  await utimes(claim, at, at);
  return folder;
}

async function takeAtOnce(folder: string): Promise<string> {
  return await withVaultLock(folder, () => Promise.resolve("mine now"), { waitMs: 0 });
}

/** A process that has ended. */
async function endedIdentity(): Promise<string> {
  const gone = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(gone, "exit");
  return ownIdentity.replace(/-\d+-/, `-${gone.pid ?? 0}-`);
}

describe("the lock of another process", () => {
  // Elsewhere the system does not tell enough to be certain.
  describe.skipIf(process.platform !== "linux")("on this machine", () => {
    it("is taken over at once when it has ended", async () => {
      const folder = await lockOf(await endedIdentity());
      expect(await takeAtOnce(folder)).toBe("mine now");
      expect(await namesIn(folder)).toStrictEqual([]);
    });

    it("is taken over at once when its number was given to another process", async () => {
      const folder = await lockOf(ownIdentity.replace(/\d+$/, "1"));
      expect(await takeAtOnce(folder)).toBe("mine now");
    });

    it("is left alone while it lives, however long it has been silent", async () => {
      // A process that computes gives no sign of life, and would go on writing afterwards.
      const folder = await lockOf(ownIdentity, 60_000);
      expect((await errorOf(() => takeAtOnce(folder))).code).toBe("BUSY");
    });

    it("goes to one of many who want it, and then to the next", async () => {
      const folder = await lockOf(await endedIdentity());
      let holders = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        holders += 1;
        most = Math.max(most, holders);
        await sleep(5);
        holders -= 1;
      };
      await Promise.all(Array.from({ length: 20 }, async () => await withVaultLock(folder, work, { waitMs: 60_000 })));
      expect(most).toBe(1);
      expect(await namesIn(folder)).toStrictEqual([]);
    }, SLOW);

    it("is cleared away too when it died while it waited", async () => {
      const folder = await tempFolder();
      const claim = `0123456789ab-${await endedIdentity()}`;
      await mkdir(join(folder, `.account-keeper.lock-${claim}`));
      await writeFile(join(folder, `.account-keeper.lock-${claim}`, claim), ".");
      expect(await takeAtOnce(folder)).toBe("mine now");
      expect(await namesIn(folder)).toStrictEqual([]);
    });
  });

  it.each(["0123456789abcdef-1-1", "unknown", "0123456789abcdef-99999999-5"])("on another machine or in another container is never called dead: %s", async (identity) => {
    expect(hasProvablyEnded(identity)).toBe(false);
    const folder = await lockOf(identity, 5_000);
    expect((await errorOf(() => takeAtOnce(folder))).code).toBe("BUSY");
  });

  it("on another machine is taken over after a long silence", async () => {
    const folder = await lockOf("0123456789abcdef-1-1", 11_000);
    expect(await takeAtOnce(folder)).toBe("mine now");
    expect(await namesIn(folder)).toStrictEqual([]);
  });
});
