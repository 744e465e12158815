/** Every word of the window in one object, by place. Another language is another object of this shape. */
import { activity } from "./en/activity.ts";
import { backupsPlace } from "./en/backups.ts";
import { dialogs } from "./en/dialogs.ts";
import { firstRun } from "./en/first-run.ts";
import { frame, errors } from "./en/frame.ts";
import { overview } from "./en/overview.ts";
import { redeploy } from "./en/redeploy.ts";
import { render } from "./en/render.ts";
import { settings } from "./en/settings.ts";
import { variable } from "./en/variable.ts";

export const en = { frame, errors, overview, redeploy, backups: backupsPlace, variable, activity, settings, firstRun, dialogs, render } as const;
