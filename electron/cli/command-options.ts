/** What each command takes, as its body gets it: checked options, by the command's name. These names are the interface. */
import { z } from "zod";

const sourceFlags = {
  url: z.string().optional(),
  folder: z.string().optional(),
  cloud: z.boolean().optional(),
  collection: z.string().min(1).optional(),
  tenant: z.string().optional(),
  database: z.string().optional(),
  authFile: z.string().optional(),
  caFile: z.string().optional(),
};
const flag = z.boolean().default(false);
const renderFlags = { service: z.string().optional(), renderKeyFile: z.string().optional() };
const common = { json: flag };
const withPassphrase = { ...common, passphraseFile: z.string().optional() };

/** A command's options after parsing, by its name. An argument is an option like the others: `inspect FILE` gives `target`. */
export const optionSchemas = {
  backup: z.strictObject({ ...sourceFlags, ...withPassphrase, out: z.string(), encrypt: flag, acceptFewer: flag }),
  restore: z.strictObject({
    ...sourceFlags,
    ...withPassphrase,
    from: z.string(),
    undo: z.boolean().optional(),
    onStartup: z.boolean().optional(),
    policy: z.enum(["add-missing", "overwrite"]),
    only: z.array(z.string()).optional(),
    dimension: z.int().positive().optional(),
    dryRun: flag,
    yes: flag,
  }),
  diff: z.strictObject({ ...sourceFlags, ...withPassphrase, from: z.string(), with: z.string().optional() }),
  variable: z.strictObject({ ...sourceFlags, ...withPassphrase, from: z.string().optional(), nameValue: flag, dotenv: flag, ...renderFlags, push: flag, check: flag, out: z.string().optional() }),
  redeploy: z.strictObject({ ...sourceFlags, ...withPassphrase, ...renderFlags, out: z.string(), resume: flag, dimension: z.int().positive().optional(), yes: flag }),
  inspect: z.strictObject({ ...withPassphrase, target: z.string() }),
  verify: z.strictObject({ ...withPassphrase, target: z.string() }),
  watch: z.strictObject({ ...sourceFlags, ...withPassphrase, out: z.string(), interval: z.int().positive(), restore: z.boolean(), rehearse: z.boolean() }),
  prune: z.strictObject({ ...withPassphrase, target: z.string(), dryRun: flag, yes: flag }),
  drill: z.strictObject({ ...withPassphrase, target: z.string() }),
  list: z.strictObject({ ...withPassphrase, target: z.string() }),
  status: z.strictObject({ ...sourceFlags, ...common }),
  demo: z.strictObject(common),
  serve: z.strictObject({ ...common, port: z.int().optional(), dataDir: z.string().optional(), open: z.boolean().optional() }),
};

export type CommandName = keyof typeof optionSchemas;
export type OptionsOf = { [Name in CommandName]: z.output<(typeof optionSchemas)[Name]> };
