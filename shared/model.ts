/**
 * What both sides of the window know of sites, backups, activity and settings: shapes only. A response is parsed by its
 * schema, and what the schema does not name does not cross: that is how hashes, keys and values stay out of the window.
 */
import { z } from "zod";
import { isErrorCode, type ErrorValue } from "./errors.ts";
import { progressPhases, type Progress } from "./progress.ts";

/** Longer texts are no names, addresses or keys. */
const MAX_TEXT = 4_096;
const text = z.string().min(1).max(MAX_TEXT);

export const idSchema = z.string().regex(/^[a-z0-9-]{8,40}$/);
/** Stands for a file or folder that the owner picked: the window holds no path it could make up. */
export const pathTokenSchema = z.string().regex(/^path_[A-Za-z0-9_-]{22}$/);
/**
 * The name of a backup file in a vault, shelf and all; never a path, and nothing unseen in it. Copies get names of all
 * kinds ("user_backup_20261124 (1).json"), and a locked one may have any.
 */
export const backupNameSchema = z.string().regex(/^(?:short\/|safety\/)?(?:user_backup_[^/\\:\p{C}\p{Zl}\p{Zp}]{0,200}\.json(?:\.age)?|[^./\\:\p{C}\p{Zl}\p{Zp}][^/\\:\p{C}\p{Zl}\p{Zp}]{0,200}\.age)$/u);
export const passphraseSchema = z.string().min(1).max(MAX_TEXT);

export const errorValueSchema = z.object({
  code: z.custom<ErrorValue["code"]>((value) => typeof value === "string" && isErrorCode(value)),
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean(),
  ref: z.string().optional(),
});

export const progressSchema = z.object({
  phase: z.enum(progressPhases),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["accounts", "bytes", "seconds"]),
  canCancel: z.boolean(),
  problems: z.number(),
}) satisfies z.ZodType<Progress>;

/** How a server is told who asks. The secret goes in and never comes out again. */
export const authDraftSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("bearer"), token: text }),
  z.strictObject({ kind: z.literal("chroma_token"), token: text }),
  z.strictObject({ kind: z.literal("basic"), user: text, password: text }),
  z.strictObject({ kind: z.literal("header"), name: z.string().regex(/^[A-Za-z0-9-]{1,100}$/), value: text }),
]);
export type AuthDraft = z.infer<typeof authDraftSchema>;

const databaseNames = { tenant: text.optional(), database: text.optional() };

/** A source as the owner enters it. */
export const sourceDraftSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("server"), url: text, ...databaseNames, auth: authDraftSchema.optional(), ca: z.string().max(100_000).optional() }),
  z.strictObject({ kind: z.literal("cloud"), apiKey: text, ...databaseNames }),
  z.strictObject({ kind: z.literal("folder"), folder: pathTokenSchema, ...databaseNames }),
  z.strictObject({ kind: z.literal("demo") }),
]);
export type SourceDraft = z.infer<typeof sourceDraftSchema>;

/** A source as it may be shown. */
const sourceViewSchema = z.object({
  kind: z.enum(["server", "cloud", "folder", "demo"]),
  /** Address, folder or a word; no credentials. */
  shown: z.string(),
  tenant: z.string().nullable(),
  database: z.string().nullable(),
  auth: z.enum(["none", "bearer", "chroma_token", "basic", "header"]),
  /** false: its key is not kept, so the owner is asked for it. */
  hasKey: z.boolean(),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

export const siteSettingsSchema = z.object({
  /** Looks after the site by itself: backs up who signs up. */
  watch: z.boolean(),
  restoreAfterWipe: z.boolean(),
  rehearse: z.boolean(),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

/** A service at Render, as far as an owner needs it to recognise it. */
export const renderServiceSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Where the site itself answers. */
  url: z.string().nullable(),
  plan: z.string().nullable(),
  /** Where its disk is mounted; null: it has none. */
  disk: z.string().nullable(),
  suspended: z.boolean(),
});
export type RenderServiceView = z.infer<typeof renderServiceSchema>;

/** The variable as Render holds it, compared with the site when that was last done. */
export const heldVariableSchema = z.object({
  checkedAt: z.string(),
  /** unreadable: it is set to something that holds no accounts. */
  state: z.enum(["current", "stale", "not_set", "unreadable"]),
  accounts: z.number(),
  /** On the site and not in it; in another version; in it though no longer on the site. */
  missing: z.number(),
  changed: z.number(),
  gone: z.number(),
});
export type HeldVariableView = z.infer<typeof heldVariableSchema>;

/** The service at Render that a site is linked to. */
export const renderLinkSchema = z.object({
  service: renderServiceSchema,
  /** What would make the wipe go away, or what to know about the plan. */
  advice: z.object({ kind: z.enum(["disk_keeps", "disk_elsewhere", "add_disk", "free_plan", "no_place"]), message: z.string(), hint: z.string() }),
  /** false: its key is not kept, so the owner is asked for it. */
  hasKey: z.boolean(),
  /** Bring the variable at Render up to date after each backup, unasked. Never deploys. */
  keepVariable: z.boolean(),
  /** Null: not looked at since the app was started. */
  variable: heldVariableSchema.nullable(),
});
export type RenderLinkView = z.infer<typeof renderLinkSchema>;

export const siteViewSchema = z.object({
  id: idSchema,
  name: z.string(),
  source: sourceViewSchema,
  collectionName: z.string(),
  /** The folder of its backups, as it may be shown. */
  vault: z.string(),
  /** Its backups are locked with a passphrase. */
  encrypted: z.boolean(),
  settings: siteSettingsSchema,
  /** off: not wanted, or its source cannot be watched. elsewhere: another Account Keeper does it. */
  watching: z.enum(["on", "off", "elsewhere", "failed"]),
  canBeWatched: z.boolean(),
  /** Why watching failed. */
  trouble: errorValueSchema.nullable(),
  /** Null: it is not linked to a service at Render. */
  render: renderLinkSchema.nullable(),
});
export type SiteView = z.infer<typeof siteViewSchema>;

export const backupEntrySchema = z.object({
  name: backupNameSchema,
  shelf: z.enum(["normal", "short", "safety"]),
  state: z.enum(["good", "damaged", "foreign", "locked", "newer"]),
  encrypted: z.boolean(),
  sizeBytes: z.number(),
  /** ISO 8601, UTC. */
  at: z.string().nullable(),
  /** Only the day of `at` is known: it is locked, and its name tells no more. */
  dayOnly: z.boolean(),
  accounts: z.number().nullable(),
  /** For a short one: the backup that holds more, and how many are missing here. */
  fewerThan: z.object({ backup: z.string(), accounts: z.number(), missing: z.number() }).nullable(),
  rehearsed: z.object({ at: z.string(), ok: z.boolean(), couldNotSignIn: z.number() }).nullable(),
  error: errorValueSchema.nullable(),
});
export type BackupEntry = z.infer<typeof backupEntrySchema>;

/** What happened to a site: the activity log's own shape. */
export const activityViewSchema = z.object({
  at: z.string(),
  kind: z.string(),
  level: z.enum(["info", "attention", "problem"]),
  site: z.string(),
  siteId: idSchema.nullable(),
  message: z.string(),
  hint: z.string().optional(),
  line: z.string().optional(),
  accounts: z.number().optional(),
  accountsOnSite: z.number().optional(),
  seenAt: z.string().optional(),
  itself: z.boolean().optional(),
  ids: z.array(z.string()).optional(),
});
export type ActivityView = z.infer<typeof activityViewSchema>;

export const eligibilitySchema = z.discriminatedUnion("eligible", [
  z.object({ eligible: z.literal(true), accounts: z.number(), message: z.string() }),
  z.object({ eligible: z.literal(false), reason: z.enum(["no_accounts", "too_many_accounts", "too_long", "shared_email", "without_email", "without_id", "not_restorable"]), accounts: z.number(), message: z.string(), hint: z.string() }),
]);

export const hostGaugeSchema = z.object({
  id: z.enum(["linux", "heroku", "lambda"]),
  host: z.string(),
  limit: z.number(),
  used: z.number(),
  fits: z.boolean(),
  note: z.string(),
});

/** What holds for the whole app, whatever the site. */
export const settingsSchema = z.object({
  theme: z.enum(["system", "light", "dark"]),
  contrast: z.enum(["system", "more"]),
  notifications: z.boolean(),
  startAtLogin: z.boolean(),
  /** Closing the window leaves the app in the tray, where it goes on watching. */
  closeToTray: z.boolean(),
  automaticUpdates: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What this host can do; the window offers nothing else. */
export const hostInfoSchema = z.object({
  host: z.enum(["desktop", "web"]),
  version: z.string(),
  platform: z.string(),
  /** desktop: the app puts it there and clears it. page: the page has to. */
  clipboard: z.enum(["host", "page"]),
  /** keychain: keys are kept safely. plain: only unprotected, so the owner is asked. memory: until the program ends. */
  secrets: z.enum(["keychain", "plain", "memory"]),
  dialogs: z.boolean(),
  /** Folders and files can be shown in the system's file manager. */
  fileManager: z.boolean(),
  notifications: z.boolean(),
  startAtLogin: z.boolean(),
  updates: z.boolean(),
  /** Where a new site's backups go unless another folder is picked. */
  suggestedVault: z.string(),
  /** What the owner has to know about this start, such as a settings file that could not be read. */
  notices: z.array(errorValueSchema),
});
export type HostInfo = z.infer<typeof hostInfoSchema>;
