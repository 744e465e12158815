import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isBackupName, plainName, timedName, timeFromName } from "../../../electron/engine/vault/names.ts";

describe("names", () => {
  const time = new Date(2026, 10, 3, 7, 5, 9, 123);

  it("are dated in local time, as the old site writes them", () => {
    expect(plainName(time, false)).toBe("user_backup_20261103.json");
    expect(plainName(time, true)).toBe("user_backup_20261103.json.age");
    expect(timedName(time, false)).toBe("user_backup_20261103_070509.json");
    expect(timedName(time, true, 3)).toBe("user_backup_20261103_070509_3.json.age");
  });

  it("tell their time, to the second or as the end of the day", () => {
    expect(timeFromName("user_backup_20261103_070509.json")).toStrictEqual(new Date(2026, 10, 3, 7, 5, 9));
    expect(timeFromName("user_backup_20261103_070509_2.json.age")).toStrictEqual(new Date(2026, 10, 3, 7, 5, 9));
    expect(timeFromName("user_backup_20261103.json")).toStrictEqual(new Date(2026, 10, 3, 23, 59, 59, 999));
    for (const name of ["user_backup_20261303.json", "user_backup_20260230.json", "user_backup_old.json", "notes.age"]) expect(timeFromName(name), name).toBeNull();
  });

  it("come back as the time they were made from", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(2000, 0, 1), max: new Date(2090, 0, 1), noInvalidDate: true }), fc.boolean(), (date, encrypted) => {
        // Where clocks are set back, an hour of names stands for two.
        const told = timeFromName(timedName(date, encrypted))?.getTime() ?? 0;
        expect(Math.abs(told - Math.floor(date.getTime() / 1000) * 1000) % 3_600_000).toBe(0);
        expect(isBackupName(timedName(date, encrypted)) && isBackupName(plainName(date, encrypted))).toBe(true);
      }),
    );
  });

  it("of other files are not listed", () => {
    const names = ["user_backup_20261103.json", "user_backup_before_move.json", "user_backup_20261103.json.age", "anything.age", "notes.json", "user_backup_20261103.json.part", ".hidden.age", ".account-keeper.lock", "user_backup_20261103.txt"];
    expect(names.filter(isBackupName)).toStrictEqual(names.slice(0, 4));
  });
});
