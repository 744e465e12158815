/** `kill -9` at one step after the other of a restore into a data folder: the copy made first is whole, and running it again finishes. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";
import { letLocksAge, ownTemporary, runCliJson, startCli } from "../support/cli-process.ts";
import { fileSteps, stepsIn } from "../support/file-steps.ts";
import { accountsIn, makeDataFolder } from "../support/folders.ts";
import { temporaryFolder } from "../support/site.ts";

const people = sampleAccounts(6);
const every = Number(process.env["KILL_EVERY"] ?? 11);
const ids = people.map(({ id }) => id).sort();

it("is finished by running it again, whenever it was killed", async () => {
  const scratch = await temporaryFolder();
  const [full, thinned, vault] = [join(scratch, "full"), join(scratch, "thinned"), join(scratch, "vault")];
  await makeDataFolder(full, people);
  // Some are left, so that there is something to copy to safety first.
  await makeDataFolder(thinned, people.slice(4));
  expect(await runCliJson(["backup", "--folder", full, "--out", vault], { temporary: ownTemporary() })).toMatchObject({ code: 0 });

  let killed = 0;
  // Every eleventh: each is a whole restore twice over, with a server of its own. KILL_EVERY=1 takes all of them.
  for (let step = 1; ; step += every) {
    const folder = join(scratch, `site-${step}`);
    await cp(thinned, folder, { recursive: true });
    const args = ["restore", "--folder", folder, "--from", vault, "--yes"];
    const temporary = ownTemporary();
    const end = await startCli(args, { preload: fileSteps(step), temporary }).ended;
    if (end.code === 0) {
      expect(stepsIn(end.stderr).length).toBeLessThan(step);
      break;
    }
    killed += 1;
    expect(end.code, `killed before step ${step}: ${end.stderr}`).toBeNull();
    letLocksAge(temporary, vault);
    const again = await runCliJson(args, { temporary });
    expect(again.code, `after a kill before step ${step}: ${JSON.stringify(again.answer)}`).toBe(0);
    expect([...(await accountsIn(folder)).keys()].sort()).toEqual(ids);
    await rm(folder, { recursive: true });
  }
  // Locks, copies, safety backup: several dozen steps if all is well.
  expect(killed * every).toBeGreaterThan(50);
}, 600_000);
