/** Records activities one after the other in a process of its own. Arguments: folder, who it is, how many. */
import { recordActivity } from "../../../electron/engine/activity/activity-log.ts";

const [folder = "", who = "", count = "0"] = process.argv.slice(2);
for (let index = 0; index < Number(count); index += 1) {
  await recordActivity(folder, { at: new Date().toISOString(), kind: "backed_up", level: "info", site: who, message: `${index} ${who.repeat(300)}` });
}
