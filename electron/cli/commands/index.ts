/** The commands that are offered. */
import type { CommandBodies } from "../program.ts";
import { backup } from "./backup.ts";
import { demo } from "./demo.ts";
import { diff } from "./diff.ts";
import { drill } from "./drill.ts";
import { inspect } from "./inspect.ts";
import { list } from "./list.ts";
import { prune } from "./prune.ts";
import { redeploy } from "./redeploy.ts";
import { restore } from "./restore.ts";
import { serve } from "./serve.ts";
import { status } from "./status.ts";
import { variable } from "./variable.ts";
import { verify } from "./verify.ts";
import { watch } from "./watch.ts";

export const commands = { backup, restore, diff, watch, redeploy, variable, inspect, verify, drill, list, prune, status, demo, serve } satisfies CommandBodies;
