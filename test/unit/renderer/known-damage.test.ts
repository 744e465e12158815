/** What reading a backup has shown, in the list that knows heads only. */
import { expect, it, vi } from "vitest";
import type { BackupEntry } from "../../../shared/model.ts";
import { overviewOf } from "./fake-bridge.ts";

vi.stubGlobal("window", { localStorage: { getItem: () => null, setItem: () => undefined } });
const { noteDamageSeen, noteRead } = await import("../../../renderer/flows/damage.ts");
const { backupsOf, setBackups } = await import("../../../renderer/stores/backups.ts");
const { noteOverview } = await import("../../../renderer/stores/looks.ts");

const entry = (name: string, time: string, more: Partial<BackupEntry> = {}): BackupEntry => ({ name, shelf: "normal", state: "good", encrypted: false, sizeBytes: 100, at: `2026-11-18T${time}:00.000Z`, dayOnly: false, accounts: 7, fewerThan: null, rehearsed: null, error: null, ...more });
const look = (time: string, newest: BackupEntry, passedOver: string[]) =>
  overviewOf(7, { checkedAt: `2026-11-18T${time}:30.000Z`, newestBackup: { name: newest.name, at: newest.at, accounts: 7, rehearsedAt: null, rehearsedOk: null }, passedOver: passedOver.map((name) => ({ name, message: "This backup is damaged: its sum is wrong." })) });
const states = (siteId: string): string[] => backupsOf(siteId).entries.map(({ name, state }) => `${name} ${state}`);

it("lists what a look passed over as damaged, under whatever name it has later", () => {
  const [old, spoiled] = [entry("user_backup_1.json", "10:00"), entry("user_backup_2.json", "11:00")];
  noteOverview("site-0001", look("11:05", old, [spoiled.name]));
  setBackups("site-0001", { entries: [spoiled, old] });
  noteDamageSeen("site-0001");
  expect(states("site-0001")).toEqual(["user_backup_2.json damaged", "user_backup_1.json good"]);
  // The next backup takes over the name before the next look.
  const next = entry("user_backup_2.json", "12:00");
  setBackups("site-0001", { entries: [next, { ...spoiled, name: "user_backup_2_110000.json" }, old] });
  noteDamageSeen("site-0001");
  expect(states("site-0001")).toEqual(["user_backup_2.json good", "user_backup_2_110000.json damaged", "user_backup_1.json good"]);
});

it("leaves a locked one locked, which may lack its passphrase only", () => {
  const [old, locked] = [entry("user_backup_1.json", "10:00"), entry("user_backup_2.json.age", "11:00", { state: "locked", encrypted: true })];
  setBackups("site-0002", { entries: [locked, old] });
  noteOverview("site-0002", look("11:05", old, [locked.name]));
  noteDamageSeen("site-0002");
  expect(states("site-0002")[0]).toBe("user_backup_2.json.age locked");
});

it("believes what was read last: opened and found damaged, verified and found whole", () => {
  const one = entry("user_backup_1.json", "10:00");
  setBackups("site-0003", { entries: [one] });
  noteRead("site-0003", one, { code: "FILE_UNREADABLE", message: "The drive is gone.", retryable: false });
  expect(states("site-0003")).toEqual(["user_backup_1.json good"]);
  noteRead("site-0003", one, { code: "BACKUP_DAMAGED", message: "This backup is damaged.", retryable: false });
  expect(backupsOf("site-0003").entries[0]).toMatchObject({ state: "damaged", error: { code: "BACKUP_DAMAGED" } });
  noteRead("site-0003", one, null);
  expect(states("site-0003")).toEqual(["user_backup_1.json good"]);
});
