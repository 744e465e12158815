/** The commands that are offered. Each is loaded when it is asked for: nobody waits for what they do not use. */
import type { CommandBodies } from "../program.ts";

export const commands = {
  backup: async (...given) => await (await import("./backup.ts")).backup(...given),
  restore: async (...given) => await (await import("./restore.ts")).restore(...given),
  diff: async (...given) => await (await import("./diff.ts")).diff(...given),
  watch: async (...given) => await (await import("./watch.ts")).watch(...given),
  redeploy: async (...given) => await (await import("./redeploy.ts")).redeploy(...given),
  variable: async (...given) => await (await import("./variable.ts")).variable(...given),
  inspect: async (...given) => await (await import("./inspect.ts")).inspect(...given),
  verify: async (...given) => await (await import("./verify.ts")).verify(...given),
  drill: async (...given) => await (await import("./drill.ts")).drill(...given),
  list: async (...given) => await (await import("./list.ts")).list(...given),
  prune: async (...given) => await (await import("./prune.ts")).prune(...given),
  status: async (...given) => await (await import("./status.ts")).status(...given),
  demo: async (context) => await (await import("./demo.ts")).demo(context),
  serve: async (...given) => await (await import("./serve.ts")).serve(...given),
} satisfies CommandBodies;
