/** `redeploy` from a terminal: the built command, a real ChromaDB that each deploy wipes, a fake Render. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VARIABLE_NAME } from "../../shared/eligibility.ts";
import { readActivity } from "../../electron/engine/activity/activity-log.ts";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { readJournal } from "../../electron/engine/redeploy/journal.ts";
import { decodeVariable } from "../../electron/engine/variable/decode.ts";
import { createHostedStage, notesIn, SERVICE_NAME } from "../support/cli-hosted-stage.ts";
import { answerOf } from "../support/cli-stage.ts";
import { startFrontProxy } from "../support/front-proxy.ts";
import { hasTerminal, screenAfter } from "../support/terminal.ts";

const IDS = sampleAccounts(3).map(({ id }) => id).sort();

describe("redeploy", { timeout: 120_000 }, () => {
  it("brings everybody back, also whoever signed up meanwhile, and says so in sentences", async () => {
    const { site, service, vault, place, run, deploysAskedFor } = await createHostedStage();
    let late = "";
    service.beforeStatus("update_in_progress", async () => {
      late = await site.signUpSomeone();
    });
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    expect(end).toMatchObject({ code: 0, stderr: "You can make the wipe go away: your plan allows a disk. In Render, under Disks, add one with the mount path /opt/render/project/src/chroma_db. Back up first: the new disk starts empty.\n" });
    expect(end.stdout.split("\n").slice(0, -2)).toEqual([
      `${SERVICE_NAME} at Render, https://${SERVICE_NAME}.onrender.com, starter plan`,
      "✅ Restored 4 users from backup",
      "Your site was redeployed. All 4 accounts are there again.",
      "1 person signed up meanwhile and is among them.",
    ]);
    expect(end.stdout.split("\n").at(-2)).toMatch(/^The variable at Render holds 4 accounts: [\d,]+ characters, checksum \w{4} \w{4}\.$/);
    expect(service.wipes).toBe(1);
    expect(await site.accountIds()).toEqual([...IDS, late].sort());
    expect(decodeVariable(service.variables.get(VARIABLE_NAME) ?? "").accounts).toHaveLength(4);
    expect(deploysAskedFor()).toBe(1);
    expect(notesIn(vault)).toContain('"kind":"redeployed"');
    expect(await readJournal(vault)).toBeNull();
  });

  it("answers with one object, takes the key from a file and the service from the environment by its id", async () => {
    const { site, service, render, folder, place, run } = await createHostedStage({ plan: "free" });
    const keyFile = join(folder, "key");
    writeFileSync(keyFile, `# Render\n${render.apiKey}\n`);
    const end = await run(["redeploy", ...place, "--render-key-file", keyFile, "--yes", "--json"], { env: { RENDER_API_KEY: undefined, RENDER_SERVICE: service.id } });
    expect(end.code).toBe(0);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown;
    expect(answerOf(end)).toEqual({
      ok: true,
      outcome: "restored",
      service: service.id,
      deploy_id: service.deploys[0]?.id,
      resumed: false,
      accounts: 3,
      accounts_on_site: 3,
      restored: 3,
      newcomers: 0,
      missing: [],
      put_right: 0,
      variable: { state: "set", accounts: 3, length: expect.any(Number) as number, checksum: expect.any(String) as string },
      remarks: [],
      started_at: time,
      down_at: time,
      back_at: time,
      wiped_at: time,
      ended_at: time,
      advice: expect.objectContaining({ kind: "free_plan" }) as unknown,
    });
    expect(await site.accountIds()).toEqual(IDS);
  });

  it("does without the variable for a larger site, and says so", async () => {
    const { site, service, place, run } = await createHostedStage({ accounts: 12 });
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    expect(end.code).toBe(0);
    expect(end.stdout).toContain("All 12 accounts are there again.\nThe variable is not used: ");
    expect(service.variables.size).toBe(0);
    expect(await site.accountIds()).toHaveLength(12);
  });

  it("a server that wants a key: says where the command line takes one, and deploys nothing", async () => {
    const { site, vault, run, deploysAskedFor } = await createHostedStage();
    const proxy = await startFrontProxy({ target: site.url, guard: { kind: "bearer", token: "right-key" } });
    const end = await run(["redeploy", "--url", proxy.url, "--out", vault, "--service", SERVICE_NAME, "--yes"]);
    await proxy.close();
    expect(end).toMatchObject({ code: 1, stderr: "The server wants a key.\nSet CHROMA_TOKEN or CHROMA_API_KEY, or name a key file with --auth-file.\n" });
    expect(deploysAskedFor()).toBe(0);
  });

  it("asks for nothing without a yes where nobody can give it", async () => {
    const { place, run, vault, deploysAskedFor } = await createHostedStage();
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME]);
    expect(end).toMatchObject({ code: 2, stderr: `This needs your yes: Redeploy ${SERVICE_NAME} at Render now?\nAdd --yes to go on without being asked. Nothing was changed.\n` });
    expect(deploysAskedFor()).toBe(0);
    expect(existsSync(vault)).toBe(false);
  });

  it("a deploy that failed: the accounts are safe, and nothing is left to resume", async () => {
    const { site, service, vault, place, run } = await createHostedStage();
    service.planDeploys({ statuses: ["update_in_progress", "update_failed"] });
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    expect(end.code).toBe(1);
    expect(end.stderr).toBe("Render could not deploy your site. Your 3 accounts are safe in the newest backup.\nThe site from before goes on running, with everyone on it. Render's log tells why. Start again when it is mended.\n");
    expect(await site.accountIds()).toEqual(IDS);
    expect(await readJournal(vault)).toBeNull();
    expect((await readActivity(vault, 1))[0]).toMatchObject({ kind: "failed", message: "The redeploy did not end well. Render could not deploy your site. Your 3 accounts are safe in the newest backup." });
    expect(await run(["redeploy", ...place, "--resume"])).toMatchObject({ code: 10, stdout: "No redeploy was under way.\n" });
  });

  it.each<[string, readonly string[], NodeJS.ProcessEnv, number, string]>([
    ["a wrong key", ["--service", SERVICE_NAME], { RENDER_API_KEY: "rnd_wrong" }, 1, "HOST_KEY_REFUSED"],
    ["an unknown name", ["--service", "nobody"], {}, 1, "HOST_SERVICE_NOT_FOUND"],
    ["an unknown id", ["--service", "srv-0000000000"], {}, 1, "HOST_SERVICE_NOT_FOUND"],
    ["half a name", ["--service", "marlow"], {}, 1, "HOST_SERVICE_NOT_FOUND"],
  ])("%s deploys nothing", async (_what, args, env, code, error) => {
    const { place, run, vault, deploysAskedFor } = await createHostedStage();
    const end = await run(["redeploy", ...place, ...args, "--yes", "--json"], { env });
    expect(end.code).toBe(code);
    expect(answerOf(end)).toMatchObject({ ok: false, error: { code: error, hint: expect.any(String) as string } });
    expect(end.stdout).not.toContain("rnd_wrong");
    expect(deploysAskedFor()).toBe(0);
    expect(existsSync(vault)).toBe(false);
  });

  it("two services of one name are not guessed between", async () => {
    const { render, service, place, run, deploysAskedFor } = await createHostedStage();
    const other = render.addService({ name: SERVICE_NAME, url: "https://other.onrender.com" });
    const end = await run(["redeploy", ...place, "--service", SERVICE_NAME, "--yes"]);
    expect(end).toMatchObject({ code: 2, stdout: "" });
    expect(end.stderr).toBe(`2 services at Render are named "${SERVICE_NAME}".\nName one of them by its id:\n  ${service.id}  https://${SERVICE_NAME}.onrender.com\n  ${other.id}  https://other.onrender.com\n`);
    expect(deploysAskedFor()).toBe(0);
  });
});

describe.skipIf(!hasTerminal)("redeploy on a terminal", { timeout: 120_000 }, () => {
  it("asks, shows what it is at while it works, and in the end its sentences alone", async () => {
    const { place, terminal, site } = await createHostedStage();
    const shown = terminal(["redeploy", ...place, "--service", SERVICE_NAME]);
    await shown.shows(/Redeploy marlow-bakery at Render now\? \[y\/N\] /);
    shown.type("y\r");
    expect(await shown.ended).toBe(0);
    // What takes less than a tenth of a second is not drawn.
    expect(shown.output()).toContain("Render is deploying your site");
    const { lines, cursorShown } = screenAfter(shown.output());
    expect(cursorShown).toBe(true);
    expect(lines).toContain("Your site was redeployed. All 3 accounts are there again.");
    expect(lines.join("\n")).not.toContain("Render is deploying your site");
    expect(await site.accountIds()).toEqual(IDS);
  });

  it("takes a no", async () => {
    const { place, terminal, deploysAskedFor } = await createHostedStage();
    const shown = terminal(["redeploy", ...place, "--service", SERVICE_NAME]);
    await shown.shows(/now\? \[y\/N\] /);
    shown.type("n\r");
    expect(await shown.ended).toBe(130);
    expect(screenAfter(shown.output()).lines.at(-1)).toBe("Nothing was deployed.");
    expect(deploysAskedFor()).toBe(0);
  });
});
