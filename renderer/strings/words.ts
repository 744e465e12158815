/** Numbers, counts, sizes and times as people read them. Pure; everything that depends on the language beyond en.ts is here. */

const LOCALE = "en-GB";
const DAY_MS = 86_400_000;
const KILOBYTE = 1_024;
/** Letters written from right to left, and the marks that switch direction. */
const TURNS = /[\u0590-\u08FF\u200E\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFC]/u;

const numbers = new Intl.NumberFormat("en-US");
/**
 * Made once: making one takes longer than drawing a row. They write the fields of the local time as if it were UTC, so that they need not
 * know where on earth the window is.
 */
const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" });
const formats = {
  minutes: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  seconds: format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  weekday: format({ weekday: "short" }),
  day: format({ weekday: "short", day: "numeric", month: "short" }),
  dayAndMonth: format({ day: "numeric", month: "short" }),
  dayOfYear: format({ day: "numeric", month: "short", year: "numeric" }),
  full: format({ dateStyle: "full", timeStyle: "medium" }),
};

function written(by: keyof typeof formats, at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return formats[by].format(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()));
}

export function number(value: number): string {
  return numbers.format(value);
}

/** "1.5k", "100k": where there is no room for more. */
export function shortNumber(value: number): string {
  return value < 1_000 ? String(value) : `${Number((value / 1_000).toFixed(1))}k`;
}

export function plural(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function accounts(count: number): string {
  return plural(count, "account", "accounts");
}

export function people(count: number): string {
  return plural(count, "person", "people");
}

export function backups(count: number): string {
  return plural(count, "backup", "backups");
}

/** A whole letter, also one that takes two places in a string, such as an emoji. */
function firstOf(name: string): string {
  return Array.from(name)[0] ?? "";
}

/** What stands for a site where there is room for one letter. */
export function initial(name: string): string {
  return firstOf(name.trim()).toUpperCase();
}

/** A name of somebody else's making inside a line of ours: one written from right to left turns nothing around it. */
export function isolated(name: string): string {
  return TURNS.test(name) ? `\u2068${name}\u2069` : name;
}

/** "1.2 MB", "104 KB": whole KB, rounded up so that nothing is "0 KB". */
export function size(bytes: number): string {
  const kilobytes = Math.max(1, Math.ceil(bytes / KILOBYTE));
  if (kilobytes < 1_000) return `${kilobytes} KB`;
  const megabytes = bytes / KILOBYTE / KILOBYTE;
  if (megabytes < 1_000) return `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB`;
  return `${(megabytes / KILOBYTE).toFixed(1)} GB`;
}

/** "3 s", "2 min", "1 h". */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.round(minutes / 60)} h`;
}

/** The same in words, for sentences and for screen readers. */
export function longDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 90) return plural(seconds, "second", "seconds");
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return plural(minutes, "minute", "minutes");
  return plural(Math.round(minutes / 60), "hour", "hours");
}

/** "12 s ago", "3 min ago"; what lies in the future by a skewed clock is now. */
export function ago(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (passed < 1_500) return "just now";
  return `${duration(passed)} ago`;
}

export function clock(at: string | number): string {
  return written("minutes", at);
}

export function clockWithSeconds(at: string | number): string {
  return written("seconds", at);
}

function startOfDay(at: number): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** Whole calendar days between then and now; a day of 23 or 25 hours counts as one. */
export function daysAgo(at: string, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(Date.parse(at))) / DAY_MS);
}

function shortDate(by: "weekday" | "day" | "dayAndMonth" | "dayOfYear", at: string | number): string {
  // British dates have a comma after the weekday that ours have not; September is cut to three letters.
  return written(by, at).replaceAll(",", "").replace("Sept", "Sep");
}

/** "Today, 14:06", "Yesterday, 18:40", "Mon 16 Nov, 07:55", "16 Nov 2025, 07:55". */
export function when(at: string, now: number): string {
  return `${day(at, now)}, ${clock(at)}`;
}

/** "Today", "Yesterday", "Mon 16 Nov", "16 Nov 2025". */
export function day(at: string, now: number): string {
  const days = daysAgo(at, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return shortDate(new Date(at).getFullYear() === new Date(now).getFullYear() ? "day" : "dayOfYear", at);
}

/** "Mon, 03:00" within a week, "9 Nov, 10:41" before: for narrow columns. */
export function shortWhen(at: string, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 1) return when(at, now);
  return `${shortDate(days < 7 ? "weekday" : "dayAndMonth", at)}, ${clock(at)}`;
}

/** "14:06", "yesterday, 18:40", "Mon, 07:55": after "since". */
export function sinceWhen(at: string, now: number): string {
  return shortWhen(at, now).replace("Today, ", "").replace("Yesterday", "yesterday");
}

/** "at 14:06", "yesterday at 18:40", "on Mon 16 Nov at 07:55": inside a sentence. */
export function atWhen(at: string, now: number): string {
  const days = daysAgo(at, now);
  if (days === 0) return `at ${clock(at)}`;
  return days === 1 ? `yesterday at ${clock(at)}` : `on ${day(at, now)} at ${clock(at)}`;
}

/** "19 Oct", for axes. */
export function dayAndMonth(at: number): string {
  return shortDate("dayAndMonth", at);
}

/** "today", "Mon", "9 Nov": the shortest that still tells the day. */
export function shortDay(at: string, now: number): string {
  const days = daysAgo(at, now);
  if (days === 0) return "today";
  if (days === 1) return "yesterday";
  return shortDate(days < 7 ? "weekday" : "dayAndMonth", at);
}

/** The whole of it, for tooltips. */
export function fullTime(at: string): string {
  return written("full", at);
}

/** "today’s 14:06 backup", "the backup of Mon 16 Nov, 07:55": inside a sentence. */
export function theBackupOf(at: string | null, now: number): string {
  if (at === null) return "the newest backup";
  const days = daysAgo(at, now);
  if (days === 0) return `today’s ${clock(at)} backup`;
  if (days === 1) return `yesterday’s ${clock(at)} backup`;
  return `the backup of ${when(at, now)}`;
}

/** "About 2 s left" from what is done and how long it took; null while nobody can know. */
export function timeLeftMs(startedAt: string, done: number, total: number | null, now: number): number | null {
  const passed = now - Date.parse(startedAt);
  if (total === null || total <= 0 || done <= 0 || done >= total || passed < 500) return null;
  return (passed / done) * (total - done);
}

/** "l•••••@gmail.com": the first letter and the host stay. Ids that are no addresses stay whole. */
export function masked(id: string): string {
  const at = id.lastIndexOf("@");
  if (at <= 0) return id;
  return `${firstOf(id)}•••••${id.slice(at)}`;
}

/** The same for a screen reader. */
export function maskedAloud(id: string): string {
  const at = id.lastIndexOf("@");
  if (at <= 0) return id;
  return `${firstOf(id)}, hidden, at ${id.slice(at + 1)}`;
}
