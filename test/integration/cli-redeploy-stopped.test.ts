/** `redeploy` that is stopped, killed or begun twice: nobody is lost, and the next step is said. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { createHostedStage, SERVICE_NAME } from "../support/cli-hosted-stage.ts";
import { letLocksAge } from "../support/cli-process.ts";
import { answerOf } from "../support/cli-stage.ts";

const IDS = sampleAccounts(3).map(({ id }) => id).sort();
const LOOKS_AT_DEPLOY = /^GET .*\/deploys\/dep-/;
const SETS_VARIABLE = /^PUT .*\/env-vars\//;

describe("a redeploy that is stopped", { timeout: 120_000 }, () => {
  it("before the deploy: nothing was deployed", async () => {
    const { render, place, start, vault, deploysAskedFor } = await createHostedStage();
    render.inject(SETS_VARIABLE, { kind: "hold", carriedOut: false });
    const held = render.nextCall(SETS_VARIABLE);
    const { child, ended } = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    await held;
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, stderr: "Stopped. Nothing was deployed.\n" });
    expect(deploysAskedFor()).toBe(0);
    expect(await readJournal(vault)).toBeNull();
  });

  it("before the deploy, with a passphrase: the backup that was made is locked", async () => {
    const { render, place, start, vault } = await createHostedStage();
    render.inject(SETS_VARIABLE, { kind: "hold", carriedOut: false });
    const held = render.nextCall(SETS_VARIABLE);
    const { child, ended } = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"], { env: { ACCOUNT_KEEPER_PASSPHRASE: "three little words" } });
    await held;
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130 });
    expect(readdirSync(vault).filter((name) => name.startsWith("user_backup_"))).toEqual([expect.stringMatching(/\.json\.age$/)]);
  });

  it("after it was asked: says that the deploy goes on, and the line it gives brings everybody back", async () => {
    const { site, service, render, place, start, run, deploysAskedFor } = await createHostedStage();
    service.planDeploys({ manual: true });
    const asked = render.nextCall(LOOKS_AT_DEPLOY);
    const { child, ended } = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    await asked;
    child.kill("SIGINT");
    const end = await ended;
    expect(end.code).toBe(130);
    const line = `account-keeper redeploy --resume ${place.join(" ")}`;
    expect(end.stderr).toBe(
      `We have stopped looking. Render goes on deploying your site; the accounts from before are safe in the newest backup.\nWhoever the deploy wipes is not brought back until you go on. Go on with: ${line}\n`,
    );
    await service.advance();
    await service.advance();
    expect(await site.accountIds()).toEqual([]);
    const resumed = await run(line.split(" ").slice(1));
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain("The redeploy that was begun before is finished. Nothing was deployed anew.\nYour site was redeployed. All 3 accounts are there again.\n");
    expect(await site.accountIds()).toEqual(IDS);
    expect(deploysAskedFor()).toBe(1);
  });

  it("killed in the middle: --resume finishes it, as one object, though Render no longer knows the service", async () => {
    const { site, service, render, vault, place, start, run, deploysAskedFor } = await createHostedStage();
    service.planDeploys({ manual: true });
    const asked = render.nextCall(LOOKS_AT_DEPLOY);
    const { child, ended } = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    await asked;
    child.kill("SIGKILL");
    await ended;
    await service.advance();
    await service.advance();
    letLocksAge(vault);
    render.removeService(service);
    const end = await run(["redeploy", ...place, "--resume", "--json"]);
    // Render cannot be told who is there now.
    expect(end.code).toBe(3);
    expect(answerOf(end)).toMatchObject({ ok: true, outcome: "restored", resumed: true, restored: 3, accounts_on_site: 3, missing: [], deploy_id: service.deploys[0]?.id, advice: null });
    expect(await site.accountIds()).toEqual(IDS);
    expect(deploysAskedFor()).toBe(1);
    expect(await run(["redeploy", ...place, "--resume"])).toMatchObject({ code: 10 });
  });

  it("killed in the middle, and begun again: the first one is finished, and nothing is deployed a second time", async () => {
    const { site, service, render, vault, place, start, run, deploysAskedFor } = await createHostedStage();
    service.planDeploys({ manual: true });
    const asked = render.nextCall(LOOKS_AT_DEPLOY);
    const { child, ended } = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    await asked;
    child.kill("SIGKILL");
    await ended;
    await service.advance();
    await service.advance();
    letLocksAge(vault);
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME]);
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was deployed anew.") as string });
    expect(await site.accountIds()).toEqual(IDS);
    expect(deploysAskedFor()).toBe(1);
  });

  it("nobody knows whether it began: 1, with the line that looks first; it had not, so there is nothing to resume", async () => {
    const { site, render, place, run, deploysAskedFor } = await createHostedStage();
    render.inject(/^POST .*\/deploys$/, { kind: "reset", carriedOut: false });
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    expect(end).toMatchObject({
      code: 1,
      stderr: `Render has not said whether the deploy began.\nLook at the service's deploys before you start another. Go on with: account-keeper redeploy --resume ${place.join(" ")}\n`,
    });
    expect(await run(["redeploy", ...place, "--resume"])).toMatchObject({ code: 10, stdout: "No redeploy was under way.\n", stderr: "" });
    expect(deploysAskedFor()).toBe(1);
    expect(await site.accountIds()).toEqual(IDS);
  });

  it("while another one follows it: 11", async () => {
    const { service, render, place, start, run } = await createHostedStage();
    service.planDeploys({ manual: true });
    const asked = render.nextCall(LOOKS_AT_DEPLOY);
    const first = start(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    await asked;
    const second = await run(["redeploy", ...place, "--resume"]);
    expect(second).toMatchObject({ code: 11, stderr: "A redeploy of this site is under way already.\nWait until it is done, or look at it where it was begun.\n" });
    first.child.kill("SIGKILL");
    await first.ended;
  });

  it("begun for another service than the one named now: the first is finished, and it is said which that was", async () => {
    const { service, render, place, run } = await createHostedStage();
    const other = render.addService({ name: "another-shop" });
    render.inject(/^POST .*\/deploys$/, { kind: "reset", carriedOut: true });
    render.inject(/^GET .*\/deploys\?/, { kind: "status", status: 401, json: { message: "Unauthorized" } }, { passing: 1, times: 3 });
    expect(await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"])).toMatchObject({ code: 1 });
    const end = await run(["redeploy", ...place, "--service", other.name, "--yes", "--json"]);
    expect(answerOf(end)).toMatchObject({ ok: true, resumed: true, service: service.id, deploy_id: service.deploys[0]?.id });
    expect(other.deploys).toEqual([]);
  });
});
