/**
 * Everything with progress, by kind: what it takes and what it ends with. Adding one is one entry here and its runner
 * in electron/app.
 */
import { z } from "zod";
import { backupNameSchema, eligibilitySchema, errorValueSchema, heldVariableSchema, hostGaugeSchema, idSchema, passphraseSchema, pathTokenSchema, progressSchema, renderLinkSchema, renderServiceSchema, sourceDraftSchema } from "./model.ts";

const problemSchema = z.object({ code: z.string(), id: z.string(), message: z.string() });
/** The first of them; the count beside it is exact. */
const problems = { problemCount: z.number(), problems: z.array(problemSchema) };
const bySite = { siteId: idSchema };
const withPassphrase = { passphrase: passphraseSchema.optional() };

/** A file the owner picked. */
const fileFromSchema = z.strictObject({ kind: z.literal("file"), file: pathTokenSchema });
/** A pasted variable. */
const variableFromSchema = z.strictObject({ kind: z.literal("variable"), text: z.string().min(1).max(1_000_000) });

/** Where a restore, a comparison or a rehearsal takes its accounts from. */
const fromSchema = z.discriminatedUnion("kind", [
  /** The vault's newest good one. */
  z.strictObject({ kind: z.literal("newest") }),
  z.strictObject({ kind: z.literal("backup"), name: backupNameSchema }),
  fileFromSchema,
  variableFromSchema,
]);
export type From = z.infer<typeof fromSchema>;

/** One side of a comparison. */
const sideSchema = z.discriminatedUnion("kind", [...fromSchema.options, z.strictObject({ kind: z.literal("site") })]);

const backupFileSchema = z.object({ name: z.string().nullable(), at: z.string().nullable(), accounts: z.number().nullable() });

const restorePlanSchema = z.object({
  planId: idSchema,
  from: backupFileSchema,
  policy: z.enum(["add_missing", "overwrite"]),
  add: z.number(),
  overwrite: z.number(),
  same: z.number(),
  leftAsTheyAre: z.number(),
  accountsInBackup: z.number(),
  accountsOnSite: z.number(),
  /** The first hundred ids of each. */
  addIds: z.array(z.string()),
  overwriteIds: z.array(z.string()),
  collectionMissing: z.boolean(),
  safetyCopyFirst: z.boolean(),
  /** The site's own data folder is written to: the site has to stand still. */
  stopSiteFirst: z.boolean(),
  standInVectors: z.number(),
  dimension: z.object({ dimension: z.number(), source: z.enum(["site", "backup", "asked", "assumed"]) }),
  /** Where the backup was made, when that is not where it goes: the same site may have moved, so the owner is asked. */
  otherOrigin: z.object({ site: z.string(), collectionName: z.string() }).nullable(),
  /** Newer backups that could not be used. */
  passedOver: z.array(z.object({ name: z.string(), message: z.string() })),
  ...problems,
});

const restoreReportSchema = z.object({
  added: z.number(),
  overwritten: z.number(),
  leftAsTheyAre: z.number(),
  accountsOnSite: z.number(),
  collectionCreated: z.boolean(),
  standInVectors: z.number(),
  /** Its name in the vault. */
  safetyBackup: z.string().nullable(),
  ...problems,
});

const overviewSchema = z.object({
  checkedAt: z.string(),
  state: z.enum(["online", "no_accounts", "wiped", "deletions"]),
  wipeCause: z.enum(["missing", "recreated", "emptied"]).nullable(),
  accounts: z.number(),
  /** On the site and not in the newest backup. */
  notBackedUp: z.number(),
  changed: z.number(),
  /** In the newest backup and not on the site; the first hundred by id. */
  missing: z.number(),
  missingIds: z.array(z.string()),
  newestBackup: z.object({ name: z.string(), at: z.string().nullable(), accounts: z.number(), rehearsedAt: z.string().nullable(), rehearsedOk: z.boolean().nullable() }).nullable(),
  passedOver: z.array(z.object({ name: z.string(), message: z.string() })),
  eligibility: eligibilitySchema,
  gauge: z.array(hostGaugeSchema),
});
export type Overview = z.infer<typeof overviewSchema>;

const copiedVariableSchema = z.object({
  accounts: z.number(),
  length: z.number(),
  checksum: z.string(),
  leftOut: z.number(),
  form: z.enum(["value", "name_value", "dotenv"]),
  /** Null: it stays there. */
  clearsInMs: z.number().nullable(),
  gauge: z.array(hostGaugeSchema),
});

/** A key for Render's API: goes in and never comes out again. */
const renderKeySchema = z.string().trim().min(1).max(500).regex(/^[\x21-\x7e]+$/);

/** What became of the variable at Render in a redeploy. */
const variableOutcomeSchema = z.discriminatedUnion("state", [
  z.object({ state: z.enum(["set", "was_current"]), accounts: z.number(), length: z.number(), checksum: z.string() }),
  z.object({ state: z.literal("not_eligible"), message: z.string() }),
  z.object({ state: z.literal("unknown") }),
]);

const redeployReportSchema = z.object({
  /** restored: wiped, and we brought accounts back. restored_itself: wiped, and its own code did. kept: no wipe was seen. nothing_begun: there was nothing to go on with. */
  outcome: z.enum(["restored", "restored_itself", "kept", "nothing_begun"]),
  accounts: z.number(),
  accountsOnSite: z.number(),
  restored: z.number(),
  /** Backed up while Render deployed. */
  newcomers: z.number(),
  /** Gone without a wipe: somebody has to decide. The first hundred ids. */
  missingIds: z.array(z.string()),
  /** Had come back in an older version and were put right. */
  putRight: z.number(),
  variable: variableOutcomeSchema,
  startedAt: z.string(),
  downAt: z.string().nullable(),
  backAt: z.string().nullable(),
  wipedAt: z.string().nullable(),
  endedAt: z.string(),
  /** Went on with one that was begun before. */
  resumed: z.boolean(),
  /** What did not work and does no harm to an account. */
  remarks: z.array(z.string()),
});

export const operationKinds = {
  /** Tries a source before it is added, or a site's own. */
  test_connection: {
    input: z.union([z.strictObject({ source: sourceDraftSchema }), z.strictObject(bySite)]),
    result: z.object({
      shown: z.string(),
      version: z.string(),
      collections: z.array(z.object({ name: z.string(), records: z.number(), looksLikeAccounts: z.boolean() })),
      /** The collection that holds the accounts, as far as can be told. */
      suggested: z.string().nullable(),
    }),
    writes: false,
  },
  /** Looks at the site and its newest backup, and says who is safe. */
  look: { input: z.strictObject(bySite), result: overviewSchema, writes: false },
  backup: {
    input: z.strictObject({ ...bySite, acceptFewer: z.boolean().default(false) }),
    result: z.object({
      outcome: z.enum(["written", "unchanged"]),
      name: z.string(),
      at: z.string(),
      accounts: z.number(),
      records: z.number(),
      sizeBytes: z.number(),
      encrypted: z.boolean(),
      fewerThan: z.object({ backup: z.string(), accounts: z.number(), missing: z.number() }).nullable(),
      /** Who came back after a wipe in an older version than this backup holds; the first hundred ids. */
      olderVersions: z.object({ backup: z.string(), accounts: z.number(), ids: z.array(z.string()) }).nullable(),
      passedOver: z.array(z.object({ name: z.string(), message: z.string() })),
      ...problems,
    }),
    writes: true,
  },
  plan_restore: {
    input: z.strictObject({
      ...bySite,
      from: fromSchema,
      policy: z.enum(["add_missing", "overwrite"]).default("add_missing"),
      only: z.array(z.string().max(1_000)).max(100_000).optional(),
      dimension: z.int().positive().max(65_536).optional(),
      ...withPassphrase,
    }),
    result: restorePlanSchema,
    writes: false,
  },
  /** Carries a plan out; PLAN_STALE when the site has changed since. */
  restore: { input: z.strictObject({ ...bySite, planId: idSchema }), result: restoreReportSchema, writes: true },
  plan_undo: {
    input: z.strictObject({ ...bySite, ...withPassphrase }),
    result: z.object({ planId: idSchema, safetyCopy: z.string(), at: z.string().nullable(), putBack: z.number(), putBackIds: z.array(z.string()), staying: z.number(), gone: z.number() }),
    writes: false,
  },
  undo: { input: z.strictObject({ ...bySite, planId: idSchema }), result: restoreReportSchema, writes: true },
  verify: {
    input: z.strictObject({ ...bySite, name: backupNameSchema, ...withPassphrase }),
    result: z.object({ name: z.string(), accounts: z.number(), records: z.number(), problemCount: z.number() }),
    writes: false,
  },
  /** Looks into a backup or a variable that belongs to no site yet; reads all of it. */
  inspect_backup: {
    input: z.strictObject({ from: z.discriminatedUnion("kind", [fileFromSchema, variableFromSchema]), ...withPassphrase }),
    result: z.object({
      kind: z.enum(["format_1", "reference", "array", "variable"]),
      name: z.string().nullable(),
      encrypted: z.boolean(),
      sizeBytes: z.number(),
      at: z.string().nullable(),
      accounts: z.number(),
      records: z.number(),
      problemCount: z.number(),
      /** Where it was made; null for another program's. */
      site: z.string().nullable(),
      collectionName: z.string().nullable(),
    }),
    writes: false,
  },
  /** Reads a backup to its end, so that its accounts can be listed. */
  open_backup: { input: z.strictObject({ ...bySite, name: backupNameSchema, ...withPassphrase }), result: z.object({ name: z.string(), accounts: z.number() }), writes: false },
  drill: {
    input: z.strictObject({ ...bySite, from: fromSchema, ...withPassphrase }),
    result: z.object({
      name: z.string().nullable(),
      passed: z.boolean(),
      records: z.number(),
      restored: z.number(),
      couldNotSignInCount: z.number(),
      couldNotSignIn: z.array(z.object({ id: z.string(), reasons: z.array(z.object({ code: z.string(), message: z.string() })) })),
      noted: z.boolean(),
      ...problems,
    }),
    writes: false,
  },
  diff: {
    input: z.strictObject({ ...bySite, left: sideSchema, right: sideSchema, ...withPassphrase }),
    result: z.object({
      compared: z.enum(["everything", "accounts"]),
      counts: z.object({ added: z.number(), missing: z.number(), changed: z.number(), signedUpAgain: z.number(), same: z.number() }),
      added: z.array(z.string()),
      missing: z.array(z.string()),
      changed: z.array(z.object({ id: z.string(), fields: z.array(z.string()) })),
      signedUpAgain: z.array(z.object({ missingId: z.string(), presentId: z.string() })),
    }),
    writes: false,
  },
  /** Reads the accounts, proves the value, puts it on the clipboard. */
  copy_variable: { input: z.strictObject({ ...bySite, form: z.enum(["value", "name_value", "dotenv"]).default("value") }), result: copiedVariableSchema, writes: false },
  /** Copies a backup out of the vault, to a file the owner picked, and reads it back. */
  export_backup: { input: z.strictObject({ ...bySite, name: backupNameSchema, to: pathTokenSchema }), result: z.object({ shown: z.string(), sizeBytes: z.number(), accounts: z.number() }), writes: false },
  /** Takes a backup made elsewhere into the vault, after reading it from first to last byte. */
  import_backup: { input: z.strictObject({ ...bySite, file: pathTokenSchema, ...withPassphrase }), result: z.object({ name: z.string(), accounts: z.number() }), writes: true },
  prune: {
    input: z.strictObject({ ...bySite, dryRun: z.boolean().default(false) }),
    result: z.object({ removed: z.array(z.string()), kept: z.number(), heldBack: z.array(z.string()) }),
    writes: true,
  },
  /** The services of a key whose names or addresses hold `search`; without `apiKey`, of the key that is kept. */
  find_services: {
    input: z.strictObject({ ...bySite, apiKey: renderKeySchema.optional(), search: z.string().max(200).default("") }),
    result: z.object({ total: z.number(), services: z.array(renderServiceSchema) }),
    writes: false,
  },
  /** Links the site to a service, after asking Render for it. */
  link_service: {
    input: z.strictObject({ ...bySite, serviceId: z.string().max(100).regex(/^[\w-]+$/), apiKey: renderKeySchema.optional(), keepUnprotected: z.boolean().default(false) }),
    result: z.object({ link: renderLinkSchema }),
    writes: false,
  },
  /** Compares the variable at Render with the site. Changes nothing. */
  check_variable: { input: z.strictObject(bySite), result: z.object({ held: heldVariableSchema, missingIds: z.array(z.string()), message: z.string().nullable() }), writes: false },
  /** Sets the variable at Render and reads it back. Deploys nothing. */
  set_variable: { input: z.strictObject(bySite), result: z.object({ accounts: z.number(), length: z.number(), checksum: z.string(), leftOut: z.number(), wasSet: z.boolean() }), writes: false },
  /** Backup, variable, last look, deploy, follow, bring back. With `resumeOnly` only finishes what was begun. */
  redeploy: { input: z.strictObject({ ...bySite, resumeOnly: z.boolean().default(false) }), result: redeployReportSchema, writes: true },
  /** Does to the demo site what a redeploy does to a real one. */
  wipe_demo: { input: z.strictObject(bySite), result: z.object({ wiped: z.literal(true) }), writes: true },
} as const satisfies Record<string, OperationShape>;

interface OperationShape {
  readonly input: z.ZodType;
  readonly result: z.ZodType;
  /** One at a time for each site. */
  readonly writes: boolean;
}

export type OperationKind = keyof typeof operationKinds;
/** As it is sent, with defaults left out. */
export type OperationInput<K extends OperationKind> = z.input<(typeof operationKinds)[K]["input"]>;
/** As its runner gets it. */
export type OperationRequest<K extends OperationKind> = z.output<(typeof operationKinds)[K]["input"]>;
export type OperationResult<K extends OperationKind> = z.output<(typeof operationKinds)[K]["result"]>;

export function isOperationKind(kind: string): kind is OperationKind {
  return Object.hasOwn(operationKinds, kind);
}

/** How an operation stands: an absolute snapshot. `done_with_problems` and `cancelled` are outcomes, no errors. */
export const operationSchema = z.object({
  id: idSchema,
  kind: z.custom<OperationKind>((value) => typeof value === "string" && isOperationKind(value)),
  siteId: idSchema.nullable(),
  state: z.enum(["running", "done", "done_with_problems", "failed", "cancelled"]),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  progress: progressSchema.nullable(),
  error: errorValueSchema.nullable(),
  /** What the kind's `result` says; null until it is done. */
  result: z.unknown(),
});
export type Operation = z.infer<typeof operationSchema>;

/** The result of a finished operation of this kind, else null. */
export function resultOf<K extends OperationKind>(operation: Operation, kind: K): OperationResult<K> | null {
  if (operation.kind !== kind) return null;
  const parsed = operationKinds[kind].result.safeParse(operation.result);
  return parsed.success ? (parsed.data as OperationResult<K>) : null;
}
