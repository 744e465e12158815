import { expect, it } from "vitest";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";
import { missingFromAll } from "../../../electron/engine/operations/later-copies.ts";
import { createPresence } from "../../../electron/engine/presence.ts";

/** More than a call takes arguments. */
const MANY = 150_000;

it("names each person once who is in one of the copies and not on the site, however many they are", async () => {
  const people = Array.from({ length: MANY }, (_, index) => `{"user_id":"u${index}","email":"u${index}@x"}`);
  const later = await openBackup({ text: '[{"user_id":"again","email":"u0@x"},{"user_id":"u1","email":"u1@x"}]' });
  const site = createPresence();
  site.addIds(["u7"]);
  const missing = await missingFromAll(site, [later, await openBackup({ text: `[${people.join(",")}]` })], {});
  expect([missing.length, missing.slice(0, 3)]).toEqual([MANY - 1, ["again", "u1", "u2"]]);
});
