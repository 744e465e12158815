/** The list of backups is read once at a time: of thousands it takes the app seconds. */
import { expect, it, vi } from "vitest";

it("is read once at a time, and once more for everybody who asked meanwhile", async () => {
  const asked: ((accounts: number) => void)[] = [];
  const entry = (accounts: number) => ({ name: `${accounts}.json`, shelf: "normal", state: "good", encrypted: false, sizeBytes: 1, at: "2026-11-24T12:00:00.000Z", dayOnly: false, accounts, fewerThan: null, rehearsed: null, error: null });
  const call = vi.fn(async () => await new Promise((resolve) => asked.push((accounts) => resolve({ ok: true, value: { total: 1, backups: [entry(accounts)] } }))));
  vi.stubGlobal("window", { keeper: { call, onEvent: () => () => undefined }, localStorage: { getItem: () => null, setItem: () => undefined } });
  const { loadBackups } = await import("../../../renderer/flows/start-up.ts");
  const { backupsOf } = await import("../../../renderer/stores/backups.ts");

  const first = loadBackups("site-0001");
  const meanwhile = [loadBackups("site-0001"), loadBackups("site-0001")];
  expect(asked).toHaveLength(1);
  asked[0]?.(7);
  await first;
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  // What they asked about may have happened after the first was read: they wait for the second.
  asked[1]?.(8);
  await Promise.all(meanwhile);
  expect(backupsOf("site-0001").entries).toMatchObject([{ accounts: 8 }]);
  expect(call).toHaveBeenCalledTimes(2);

  const later = loadBackups("site-0001");
  expect(asked).toHaveLength(3);
  asked[2]?.(9);
  await later;
  expect(backupsOf("site-0001").entries).toMatchObject([{ accounts: 9 }]);
  vi.unstubAllGlobals();
});
