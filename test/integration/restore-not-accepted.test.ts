/** A server that does not take one account: everybody else comes back, and it is said who did not, and why. */
import { describe, expect, it } from "vitest";
import { openBackup, type OpenBackup } from "../../electron/engine/backup/read-backup.ts";
import { fromAnswer } from "../../electron/engine/chroma/classify.ts";
import type { ChromaConnection } from "../../electron/engine/chroma/connection.ts";
import { planOn, restoreOn } from "../support/restore.ts";
import { createTestSite, temporaryFolder } from "../support/site.ts";
import { account, accounts, makeBackup } from "../unit/backup/make-backup.ts";

/** As the old system wrote them. ChromaDB cannot read the number of whoever is odd. */
async function people(count: number, odd: readonly number[], email = "example.com"): Promise<OpenBackup> {
  const users = Array.from({ length: count }, (_, index) => `{"user_id":"u-${index}","email":"u-${index}@${email}","created_at":${odd.includes(index) ? "1e400" : "1"}}`);
  return await openBackup({ text: `{"backup_timestamp":"2026-11-20T08:30:00","user_count":${count},"users":[${users.join(",")}]}` });
}

describe("accounts that the server does not accept", () => {
  it("keep nobody else away", async () => {
    const site = await createTestSite();
    const report = await restoreOn(site, await people(700, [3, 300, 301, 699]), { dimension: 4 });
    expect(report).toMatchObject({ added: 696, accountsOnSite: 696, leftAsTheyAre: 0 });
    expect(report.problems.map(({ code, id }) => [code, id])).toEqual(["u-3", "u-300", "u-301", "u-699"].map((id) => ["NOT_ACCEPTED", id]));
    expect(report.problems[0]?.message).toMatch(/^The server does not accept this account\. It says: InvalidArgumentError: .*number out of range.*\. The backup still holds it\.$/);
  });

  it("keep nobody else away either when they hold what only Chroma Cloud knows", async () => {
    const site = await createTestSite();
    const sparse = account("sparse", { metadata: '{"words":{"#type":"sparse_vector","indices":[1,7],"values":[0.5,1.0]}}' });
    const { tempPath } = await makeBackup(await temporaryFolder(), [...accounts(3), sparse]);
    const report = await restoreOn(site, await openBackup({ path: tempPath }));
    expect(report).toMatchObject({ added: 3, accountsOnSite: 3, problems: [{ code: "NOT_ACCEPTED", id: "sparse" }] });
    expect(report.problems[0]?.message).toContain("Sparse vector is not supported");
  });

  it.each([
    [413, "", ": it is too large."],
    [422, "Quota exceeded: 'Document size' exceeded quota limit", ". It says: ChromaError: Quota exceeded: 'Document size' exceeded quota limit."],
  ])("are told with the reason: %d", async (status, message, told) => {
    const site = await createTestSite();
    // A proxy's limit, or that of a plan.
    const refusal = fromAnswer(
      { status, contentType: "application/json", retryAfter: undefined, location: undefined, body: Buffer.from(JSON.stringify({ error: "ChromaError", message })) },
      { method: "POST", path: "/add", redact: (text) => text },
    );
    const connection: ChromaConnection = {
      ...site.connection,
      post: async (...call) => {
        if (call[1] !== "get" && call[2].length > 10_000) throw refusal;
        return await site.connection.post(...call);
      },
    };
    const { tempPath } = await makeBackup(await temporaryFolder(), [...accounts(2), account("large", { metadata: `{"note":"${"x".repeat(20_000)}"}` })]);
    const report = await restoreOn({ ...site, connection }, await openBackup({ path: tempPath }));
    expect(report).toMatchObject({ added: 2, problems: [{ code: "NOT_ACCEPTED", id: "large", message: `The server does not accept this account${told} The backup still holds it.` }] });
  });

  it("may have an id that the server cannot even be asked for", async () => {
    const site = await createTestSite();
    const users = ["u-1", "\\ud800", "u-2"].map((id, index) => `{"user_id":"${id}","email":"u-${index}@example.com"}`);
    const backup = await openBackup({ text: `[${users.join(",")}]` });
    const report = await restoreOn(site, backup, { dimension: 4 });
    expect(report).toMatchObject({ added: 2, accountsOnSite: 2, problems: [{ code: "NOT_ACCEPTED", id: "\ud800" }] });
  });

  it("stay as they were where they are already, and the others are put back", async () => {
    const site = await createTestSite();
    await restoreOn(site, await people(3, [], "before.example.com"), { dimension: 4 });
    const backup = await people(3, [1]);
    const report = await restoreOn(site, backup, { policy: "overwrite" });
    expect(report).toMatchObject({ added: 0, overwritten: 2, accountsOnSite: 3 });
    expect(report.problems).toMatchObject([{ code: "NOT_ACCEPTED", id: "u-1" }]);
    expect([...(await site.read()).values()].map(({ document }) => /@[a-z.]+/.exec(document ?? "")?.[0])).toEqual(["@example.com", "@before.example.com", "@example.com"]);
  });

  it("are tried again by the next restore, which adds nobody twice", async () => {
    const site = await createTestSite();
    const backup = await people(3, [1]);
    await restoreOn(site, backup, { dimension: 4 });
    const again = await restoreOn(site, backup);
    expect(again).toMatchObject({ added: 0, accountsOnSite: 2, problems: [{ code: "NOT_ACCEPTED", id: "u-1" }] });
  });

  it.each([1, 3, 300])("end the restore when they are all %d of them: then it is not about single accounts", async (count) => {
    const site = await createTestSite();
    const backup = await people(count, Array.from({ length: count }, (_, index) => index));
    const plan = await planOn(site, backup, { dimension: 4 });
    expect(plan.add.size).toBe(count);
    await expect(restoreOn(site, backup, { dimension: 4 })).rejects.toMatchObject({ code: "SERVER_REFUSED" });
    expect((await site.read()).size).toBe(0);
  });

  it("end it after a hundred in a row, and whoever was written stays", async () => {
    const site = await createTestSite();
    await expect(restoreOn(site, await people(500, Array.from({ length: 200 }, (_, index) => 50 + index)), { dimension: 4 })).rejects.toMatchObject({ code: "SERVER_REFUSED" });
    expect((await site.read()).size).toBe(50);
  });
});
