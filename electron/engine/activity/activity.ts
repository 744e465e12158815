/** What happened to a site, in the owner's words. Made from counts and file names: no e-mail address, hash or key can get in. */
import { z } from "zod";

const activityKinds = [
  "watching",
  "backed_up",
  "kept_apart",
  "older_versions",
  "wiped",
  "restored",
  "restore_incomplete",
  "deletions",
  "asleep",
  "unreachable",
  "back",
  "rehearsed",
  "pruned",
  "starting_fresh",
  "redeployed",
  "variable_set",
  "variable_stale",
  "failed",
] as const;

export const activitySchema = z.object({
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  kind: z.enum(activityKinds),
  /** info: all is well. attention: the owner should look. problem: customers cannot sign in, or are not safe. */
  level: z.enum(["info", "attention", "problem"]),
  site: z.string(),
  /** One sentence. */
  message: z.string(),
  /** The next step. */
  hint: z.string().optional(),
  /** The old system's line for the same, word for word. */
  line: z.string().optional(),
  /** How many accounts it is about: backed up, brought back, gone. For programs; people have the sentence. */
  accounts: z.int().nonnegative().optional(),
  /** How many the site has since. */
  accountsOnSite: z.int().nonnegative().optional(),
  /** When a wipe was seen that is over by now. */
  seenAt: z.iso.datetime().optional(),
  /** The site's own code brought them back. */
  itself: z.boolean().optional(),
  /** The accounts it is about, where the owner has to decide. */
  ids: z.array(z.string()).optional(),
});

export type Activity = z.infer<typeof activitySchema>;

/** What the watcher reports; time and site are added by whoever records it. */
export type ActivityNews = Omit<Activity, "at" | "site">;
