/** The demo as somebody sees it who has just installed this: the whole story, twice, without a server of their own. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { ownTemporary, runCli } from "../support/cli-process.ts";
import { answerOf } from "../support/cli-stage.ts";

it("tells the story with twelve customers and with eight, so that both sides of the limit are seen, and leaves nothing behind", async () => {
  const temporary = ownTemporary();
  const [people, machines] = await Promise.all([runCli(["demo"], { temporary }), runCli(["demo", "--json"], { temporary: ownTemporary() })]);
  expect(people).toMatchObject({ code: 0, stderr: "" });
  for (const count of [12, 8]) {
    expect(people.stdout).toContain(`✅ Backed up ${count} users for persistence`);
    expect(people.stdout).toContain(`✅ Restored ${count} users from backup`);
  }
  expect(people.stdout).toContain("12 accounts are too many for the variable.");
  expect(people.stdout).toMatch(/checksum [0-9A-F]{4} [0-9A-F]{4}/);
  // Not the value itself: nobody asked to see it.
  expect(people.stdout).not.toMatch(/[A-Za-z0-9+/]{60}/);
  expect(answerOf(machines)).toMatchObject({ ok: true });
  expect(readdirSync(temporary).filter((name) => !name.startsWith("account-keeper-locks-"))).toEqual([]);
});
