/** What a list of a backup's accounts shows, and what it hides. */
import { describe, expect, it } from "vitest";
import { indexAccounts, maskEmail } from "../../../electron/app/accounts/account-index.ts";
import { openBackup } from "../../../electron/engine/backup/read-backup.ts";

const accounts = [
  { user_id: "u-1", email: "ada@example.com", full_name: "Ada Marlow", password_hash: "$2b$12$secret" },
  { user_id: "bob@example.com", email: "bob@example.com", name: "bob@example.com" },
  { user_id: "u-3", email: "cleo@example.com", full_name: " " },
];
const everybody = { search: "", offset: 0, limit: 10, showEmails: false };

describe("the list", () => {
  it("hides e-mail addresses but in ids, by which people are chosen, until they are asked for", async () => {
    const index = await indexAccounts(await openBackup({ text: JSON.stringify(accounts) }));
    expect(index.page(everybody)).toEqual({
      total: 3,
      accounts: [
        { id: "u-1", name: "Ada Marlow", email: "a•••••@example.com" },
        { id: "bob@example.com", name: "b•••••@example.com", email: "b•••••@example.com" },
        { id: "u-3", name: null, email: "c•••••@example.com" },
      ],
    });
    expect(index.page({ ...everybody, showEmails: true, search: "BOB@" }).accounts).toEqual([{ id: "bob@example.com", name: "bob@example.com", email: "bob@example.com" }]);
    expect(JSON.stringify(index.page({ ...everybody, showEmails: true }))).not.toContain("$2b$");
  });

  it("finds by name, id and address, and comes back to everybody", async () => {
    const index = await indexAccounts(await openBackup({ text: JSON.stringify(accounts) }));
    const found = (search: string): number => index.page({ ...everybody, search }).total;
    expect([found("marlow"), found("u-"), found("cleo@"), found("nobody"), found("")]).toEqual([1, 2, 1, 0, 3]);
    expect(index.page({ ...everybody, offset: 2, limit: 5 }).accounts.map(({ id }) => id)).toEqual(["u-3"]);
  });

  it.each([
    ["lena@gmail.com", "l•••••@gmail.com"],
    ["odd@name@gmail.com", "o•••••@gmail.com"],
    ["no address", "no address"],
    ["@", "@"],
  ])("masks %s", (text, masked) => {
    expect(maskEmail(text)).toBe(masked);
  });
});
