/** Names of backups in a vault. Days and times in names are local, as the old site writes them. */

const BACKUP_NAME = /^user_backup_.*\.json(?:\.age)?$/;
const DATED_NAME = /^user_backup_(\d{4})(\d{2})(\d{2})(?:_(\d{2})(\d{2})(\d{2}))?(?:_\d+)?\.json(?:\.age)?$/;

/** Whether a file of this name is listed. What it is, its content tells. */
export function isBackupName(name: string): boolean {
  return BACKUP_NAME.test(name) || (name.endsWith(".age") && !name.startsWith("."));
}

function extension(encrypted: boolean): string {
  return encrypted ? ".json.age" : ".json";
}

function digits(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

function day(time: Date): string {
  return `${digits(time.getFullYear(), 4)}${digits(time.getMonth() + 1)}${digits(time.getDate())}`;
}

/** The name of the newest backup of its day: `user_backup_YYYYMMDD.json`, as the old site reads it. */
export function plainName(time: Date, encrypted: boolean): string {
  return `user_backup_${day(time)}${extension(encrypted)}`;
}

/** `user_backup_YYYYMMDD_HHMMSS.json`; from the second `attempt` on with `_2`, `_3`, … because two may share a second. */
export function timedName(time: Date, encrypted: boolean, attempt = 1): string {
  const clock = `${digits(time.getHours())}${digits(time.getMinutes())}${digits(time.getSeconds())}`;
  return `user_backup_${day(time)}_${clock}${attempt === 1 ? "" : `_${attempt}`}${extension(encrypted)}`;
}

/** Whether a name tells the time of day, too. */
export function tellsTime(name: string): boolean {
  return DATED_NAME.exec(name)?.[4] !== undefined;
}

/** When a backup was made, by its name alone; a plain name is the newest of its day. Null for other names and impossible dates. */
export function timeFromName(name: string): Date | null {
  const match = DATED_NAME.exec(name);
  if (match === null) return null;
  const [, year, month, date, hours, minutes, seconds] = match;
  const time =
    hours === undefined
      ? new Date(Number(year), Number(month) - 1, Number(date), 23, 59, 59, 999)
      : new Date(Number(year), Number(month) - 1, Number(date), Number(hours), Number(minutes), Number(seconds));
  return day(time) === `${year ?? ""}${month ?? ""}${date ?? ""}` ? time : null;
}
