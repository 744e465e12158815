// Checks webPreferences before a window is made. What would weaken the page's isolation is refused outright, because the stand-in
// would run it just as isolated as before and the tests would prove the wrong thing.
import { notEmulated } from "./loud.ts";

const MUST_BE_ON = ["sandbox", "contextIsolation", "webSecurity"] as const;
const MUST_BE_OFF = [
  "nodeIntegration",
  "nodeIntegrationInWorker",
  "nodeIntegrationInSubFrames",
  "webviewTag",
  "allowRunningInsecureContent",
  "experimentalFeatures",
  "plugins",
  "offscreen",
  "enableBlinkFeatures",
  "partition",
] as const satisfies (keyof Electron.WebPreferences)[];

export function checkWebPreferences(preferences: Electron.WebPreferences): void {
  for (const name of MUST_BE_ON) {
    if (preferences[name] === false) notEmulated(`webPreferences.${name}: false`);
  }
  for (const name of MUST_BE_OFF) {
    const value = preferences[name];
    if (value !== undefined && value !== false && value !== "") notEmulated(`webPreferences.${name}`);
  }
}
