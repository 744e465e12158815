import { expect, it } from "vitest";
import { sampleAccounts } from "../../electron/engine/demo/sample-accounts.ts";

it("makes customers with ids and addresses of their own", () => {
  const accounts = sampleAccounts(100);
  expect(new Set(accounts.map((account) => account.id)).size).toBe(100);
  const emails = accounts.map((account) => (JSON.parse(account.document ?? "") as { email: string }).email);
  expect(new Set(emails).size).toBe(100);
  for (const email of emails) expect(email).toMatch(/^[a-z0-9.]+[a-z0-9]@example\.com$/);
});
