/** A site that changes between the plan of a restore and its first write: what was agreed to no longer holds, what nobody was asked goes on. */
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { createCliStage, type CliStage } from "../support/cli-stage.ts";
import { startFrontProxy, type FrontProxy } from "../support/front-proxy.ts";
import { hasTerminal, runInTerminal } from "../support/terminal.ts";

const READ = /^POST .*\/get$/;
const people = sampleAccounts(5);
const ids = people.map(({ id }) => id);

/** Four in the backup, two of them left on the site. */
async function thinnedStage(): Promise<{ stage: CliStage; proxy: FrontProxy; args: readonly string[] }> {
  const stage = await createCliStage(people.slice(0, 4));
  await stage.backUp();
  await stage.site.deleteAccounts(ids.slice(0, 2));
  const proxy = await startFrontProxy({ target: inject("chromaUrl") });
  onTestFinished(async () => await proxy.close());
  return { stage, proxy, args: ["restore", "--url", proxy.url, "--collection", stage.site.collectionName, "--from", stage.vault] };
}

describe("a sign-up between plan and write", () => {
  it("stops nothing with --yes: whoever is missing then comes back", async () => {
    const { stage, proxy, args } = await thinnedStage();
    await stage.run([...args, "--dry-run"]);
    const readsOfAPlan = proxy.requests.filter(({ method, path }) => READ.test(`${method} ${path}`)).length;
    const held = proxy.pause(READ, readsOfAPlan);
    const run = stage.run([...args, "--yes"]);
    await held.reached;
    // Somebody signs up, and one of the two is brought back by somebody else.
    await stage.site.add([...people.slice(4), ...people.slice(0, 1)]);
    held.release();
    expect(await run).toMatchObject({ code: 0, stdout: expect.stringContaining("✅ Restored 1 users from backup") as string });
    expect([...(await stage.site.read()).keys()].sort()).toEqual([...ids].sort());
  });

  it("says so when everybody was back before it came to write", async () => {
    const { stage, proxy, args } = await thinnedStage();
    await stage.run([...args, "--dry-run"]);
    const held = proxy.pause(READ, proxy.requests.filter(({ method, path }) => READ.test(`${method} ${path}`)).length);
    const run = stage.run([...args, "--yes"]);
    await held.reached;
    await stage.site.add(people.slice(0, 2));
    held.release();
    expect(await run).toMatchObject({ code: 0, stdout: expect.stringContaining("✅ Restored 0 users from backup\nEveryone was back before we came to it. Your site now has 4.\n") as string });
  });

  it.skipIf(!hasTerminal)("asks for another look at the plan when somebody looked at it, and writes nothing", async () => {
    const { stage, args } = await thinnedStage();
    const terminal = runInTerminal(args, { ...stage.env, TMPDIR: stage.temporary });
    await terminal.shows(/Bring back 2 accounts\? \[y\/N\] /);
    await stage.site.add(people.slice(4));
    const before = await stage.state();
    terminal.type("y\r");
    expect(await terminal.ended).toBe(1);
    expect(terminal.output()).toContain("Your site changed while you were looking.");
    expect(await stage.state()).toEqual(before);
  });
});
