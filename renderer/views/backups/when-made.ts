/** When a backup was made, as far as that is known. Pure. */
import type { BackupEntry } from "../../../shared/model.ts";
import { en } from "../../strings/en.ts";
import { day, fullTime, when } from "../../strings/words.ts";

type Made = Pick<BackupEntry, "at" | "dayOnly">;

export function whenMade({ at, dayOnly }: Made, now: number): string {
  if (at === null) return en.backups.unknownTime;
  return dayOnly ? day(at, now) : when(at, now);
}

/** The whole of it, for tooltips; else the file's name. */
export function fullTimeMade({ at, dayOnly, name }: Made & Pick<BackupEntry, "name">): string {
  return at === null || dayOnly ? name : fullTime(at);
}
