/** `kill -9` at every call to Render in turn: the accounts are safe, and running it again finishes what was begun. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { redeploySite } from "../../electron/engine/redeploy/redeploy-site.ts";
import { createRedeployStage, newcomer, type RedeployStage } from "../support/redeploy-stage.ts";

const built = (path: string): string => new URL(`../../dist/electron/engine/${path}`, import.meta.url).href;
const PACE = { lookEveryMs: 10, settleMs: 100, deployTimeoutMs: 60_000, siteTimeoutMs: 60_000 };

const SCRIPT = `
const { redeploySite } = await import(${JSON.stringify(built("redeploy/redeploy-site.js"))});
const { createRenderClient } = await import(${JSON.stringify(built("render/render-client.js"))});
const { apiKey, baseUrl, ...request } = JSON.parse(process.argv[1]);
await redeploySite({ ...request, render: createRenderClient({ apiKey, baseUrl }) });
process.exit(0);
`;

/** Resolves when it has ended, killed or by itself. */
async function runChild(stage: RedeployStage, onStart: (kill: () => Promise<void>) => void): Promise<{ code: number | null; said: string }> {
  const { source, collectionName, folder, serviceId } = stage.request;
  const request = { source, collectionName, folder, serviceId, pace: PACE, apiKey: stage.render.apiKey, baseUrl: stage.render.url };
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT, JSON.stringify(request)], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close");
  onStart(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  await ended;
  return { code: child.exitCode, said };
}

test("at every call in turn, nobody is lost and it is gone on with", { timeout: 240_000 }, async () => {
  const people = sampleAccounts(7).map(({ id }) => id).sort();
  for (let at = 1; ; at += 1) {
    const stage = await createRedeployStage({ accounts: 7, realTime: true });
    let calls = 0;
    let kill: () => Promise<void> = () => Promise.reject(new Error("not started"));
    stage.render.beforeCall(/./, async () => {
      calls += 1;
      if (calls === at) await kill();
    }, Number.POSITIVE_INFINITY);
    const { code, said } = await runChild(stage, (how) => (kill = how));
    if (calls < at) {
      expect({ code, said }).toEqual({ code: 0, said: "" });
      return;
    }
    expect({ at, code }).toEqual({ at, code: null });
    const wasBegun = (await readJournal(stage.vault)) !== null;
    // Somebody signs up before anybody goes on.
    await stage.signUp(newcomer());
    const report = await redeploySite({ ...stage.request, resumeOnly: true, pace: PACE });
    expect({ at, begun: report.outcome !== "nothing_begun" }).toEqual({ at, begun: wasBegun || stage.service.deploys.length > 0 });
    expect({ at, there: [...(await stage.read()).keys()].sort() }).toEqual({ at, there: [...people, newcomer().id].sort() });
    expect(stage.service.deploys.length).toBeLessThanOrEqual(1);
    expect(await readJournal(stage.vault)).toBeNull();
    await stage.render.close();
  }
});
