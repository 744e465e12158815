/**
 * What the window may ask, and what it gets: one entry a command, with a schema for either direction. Besides these
 * there is one stream of events. A command without a handler does not compile.
 */
import { z } from "zod";
import type { CommandName } from "./channels.ts";
import type { Result } from "./errors.ts";
import { linkNames } from "./links.ts";
import {
  activityViewSchema,
  authDraftSchema,
  backupEntrySchema,
  backupNameSchema,
  errorValueSchema,
  hostInfoSchema,
  idSchema,
  passphraseSchema,
  pathTokenSchema,
  settingsSchema,
  siteSettingsSchema,
  siteViewSchema,
  sourceDraftSchema,
  eligibilitySchema,
  hostGaugeSchema,
} from "./model.ts";
import { operationSchema } from "./operations.ts";

const nothing = z.strictObject({});
const done = z.object({ done: z.literal(true) });
const bySite = { siteId: idSchema };
const name = z.string().trim().min(1).max(200);

export const contract = {
  "app.info": { request: nothing, response: hostInfoSchema },
  /** The window listens from now on; what happened before is told by the lists. */
  "app.ready": { request: nothing, response: done },

  /** Answers at once; how it goes on comes as events. `input` is what `operationKinds` says for the kind. */
  "operation.start": {
    request: z.strictObject({ kind: z.string().max(40), input: z.unknown() }),
    response: z.object({ operationId: idSchema }),
  },
  /** Everything that runs, and what has ended since the app was started. */
  "operation.list": { request: nothing, response: z.object({ operations: z.array(operationSchema) }) },
  /** No error when it has ended already. */
  "operation.cancel": { request: z.strictObject({ operationId: idSchema }), response: z.object({ cancelling: z.boolean() }) },

  "site.list": { request: nothing, response: z.object({ sites: z.array(siteViewSchema) }) },
  "site.add": {
    request: z.strictObject({
      name,
      source: sourceDraftSchema,
      collectionName: name,
      /** Left out: the suggested folder. */
      vault: pathTokenSchema.optional(),
      passphrase: passphraseSchema.optional(),
      settings: siteSettingsSchema.partial().strict().optional(),
      /** The owner's word that keys may lie on disk unprotected; otherwise they are asked for each time. */
      keepUnprotected: z.boolean().default(false),
    }),
    response: z.object({ site: siteViewSchema }),
  },
  "site.update": {
    request: z.strictObject({
      ...bySite,
      name: name.optional(),
      collectionName: name.optional(),
      vault: pathTokenSchema.optional(),
      /** Null: no key. */
      auth: authDraftSchema.optional(),
      /** Null: backups are no longer locked. */
      passphrase: passphraseSchema.nullable().optional(),
      settings: siteSettingsSchema.partial().strict().optional(),
      keepUnprotected: z.boolean().default(false),
    }),
    response: z.object({ site: siteViewSchema }),
  },
  /** Its backups stay in their folder. */
  "site.remove": { request: z.strictObject(bySite), response: done },

  /** Whether its variable is kept up to date unasked. */
  "render.update": { request: z.strictObject({ ...bySite, keepVariable: z.boolean() }), response: z.object({ site: siteViewSchema }) },
  /** Forgets the service and its key. Nothing changes at Render. */
  "render.unlink": { request: z.strictObject(bySite), response: z.object({ site: siteViewSchema }) },

  "backup.list": {
    request: z.strictObject({ ...bySite, offset: z.int().min(0).default(0), limit: z.int().min(1).max(10_000).default(200) }),
    response: z.object({ total: z.number(), backups: z.array(backupEntrySchema) }),
  },
  "backup.delete": { request: z.strictObject({ ...bySite, name: backupNameSchema }), response: done },

  /** Who is in a backup, in pages; `open_backup` reads a large one first, with progress. Never a password or its hash. */
  "backup.accounts": {
    request: z.strictObject({
      ...bySite,
      name: backupNameSchema,
      search: z.string().max(200).default(""),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(500).default(100),
      /** false: "l•••••@gmail.com". */
      showEmails: z.boolean().default(false),
      passphrase: passphraseSchema.optional(),
    }),
    response: z.object({ total: z.number(), accounts: z.array(z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() })) }),
  },

  /** The one answer that carries a secret: showing it is what it is for. */
  "variable.reveal": {
    request: z.strictObject(bySite),
    response: z.object({ value: z.string(), length: z.number(), checksum: z.string(), accounts: z.number() }),
  },
  "variable.inspect": {
    request: z.strictObject({ text: z.string().max(1_000_000) }),
    response: z.object({
      accounts: z.number(),
      ids: z.array(z.string()),
      withoutId: z.number(),
      withoutEmail: z.number(),
      sharedEmail: z.number(),
      length: z.number(),
      checksum: z.string(),
      remarks: z.array(z.object({ code: z.string(), message: z.string() })),
      readableBySite: z.boolean(),
      eligibility: eligibilitySchema,
      gauge: z.array(hostGaugeSchema),
    }),
  },

  "activity.list": {
    request: z.strictObject({ siteId: idSchema.optional(), limit: z.int().min(1).max(5_000).default(200) }),
    response: z.object({ activities: z.array(activityViewSchema) }),
  },
  "settings.get": { request: nothing, response: settingsSchema },
  "settings.update": { request: settingsSchema.partial().strict(), response: settingsSchema },

  /** Opens the system's own dialog. Null: the owner picked nothing. */
  "dialog.choose": {
    request: z.strictObject({ what: z.enum(["vault", "data_folder", "backup_file", "export_file"]), suggestedName: z.string().max(200).regex(/^[^/\\]*$/).optional() }),
    response: z.object({ chosen: z.object({ token: pathTokenSchema, shown: z.string() }).nullable() }),
  },
  /** For hosts without dialogs: what is in a folder, starting at the owner's own. */
  "folder.browse": {
    request: z.strictObject({ folder: pathTokenSchema.optional() }),
    response: z.object({
      token: pathTokenSchema,
      shown: z.string(),
      parent: pathTokenSchema.nullable(),
      entries: z.array(z.object({ name: z.string(), token: pathTokenSchema, kind: z.enum(["folder", "file"]) })),
    }),
  },
  /** Shows a site's backup folder, or one backup in it, in the system's file manager. */
  "host.show": { request: z.strictObject({ ...bySite, name: backupNameSchema.optional() }), response: done },
  /** Opens a page in the system's browser, by its name: the window never hands over an address. */
  "host.open": { request: z.strictObject({ link: z.enum(linkNames) }), response: done },
  /** Puts words of the window on the clipboard, such as the details of an error. */
  "host.copy": { request: z.strictObject({ text: z.string().max(20_000) }), response: done },
} as const satisfies Record<CommandName, CommandShape>;

interface CommandShape {
  readonly request: z.ZodType;
  readonly response: z.ZodType;
}

/** As the window sends it, with defaults left out. */
export type CommandInput<C extends CommandName> = z.input<(typeof contract)[C]["request"]>;
/** As its handler gets it. */
export type CommandRequest<C extends CommandName> = z.output<(typeof contract)[C]["request"]>;
export type CommandResponse<C extends CommandName> = z.output<(typeof contract)[C]["response"]>;

/** What the app tells the window unasked: always the whole new state of something, so that a lost one does no harm. */
export const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("operation"), operation: operationSchema }),
  z.object({ type: z.literal("sites"), sites: z.array(siteViewSchema) }),
  z.object({ type: z.literal("activity"), activity: activityViewSchema }),
  z.object({ type: z.literal("settings"), settings: settingsSchema }),
  /** cleared: the copied variable is off the clipboard. left: something else was there by then. */
  z.object({ type: z.literal("clipboard"), state: z.enum(["cleared", "left"]) }),
  /** From the menu, the tray, a notification or a link. */
  z.object({ type: z.literal("go"), place: z.enum(["overview", "redeploy", "backups", "variable", "activity", "settings", "add_site"]), siteId: idSchema.nullable() }),
  z.object({ type: z.literal("notice"), notice: errorValueSchema }),
]);
export type AppEvent = z.infer<typeof eventSchema>;

/** A file that was dropped on the window: a path token for "backup_file", and its name for the owner to see. */
export const takenFileSchema = z.object({ token: pathTokenSchema, shown: z.string() });
export type TakenFile = z.infer<typeof takenFileSchema>;

/** What every host gives the window; the window cannot tell which host it is. */
export interface KeeperBridge {
  /** Never rejects. */
  call<C extends CommandName>(command: C, request: CommandInput<C>): Promise<Result<CommandResponse<C>>>;
  /**
   * Takes in a file that the owner dropped on the window: `file` is the File of the drop, and the page never learns its
   * path. Never rejects. BAD_REQUEST when it is no file of this computer: a folder, a File made by a script, anything else.
   */
  takeFile(file: unknown): Promise<Result<TakenFile>>;
  /** Returns how to stop listening. */
  onEvent(listener: (event: AppEvent) => void): () => void;
}
