// Draws build/icon.png from the mark. Run it after `npm run build`, when the mark has changed: node build/draw-icon.mjs
import { writeFileSync } from "node:fs";
import { appIcon } from "../dist/electron/desktop/icons/mark.js";
import { encodePng } from "../dist/electron/desktop/icons/png.js";

writeFileSync(new URL("icon.png", import.meta.url), encodePng(appIcon(512)));
