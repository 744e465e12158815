// `nativeTheme`: what the app chose, or what the test says the system prefers (ELECTRON_STANDIN_DARK=1).
import type { NativeTheme } from "electron";

import { LoudEmitter } from "./loud.ts";

type Emulated = "themeSource" | "shouldUseDarkColors" | "shouldUseHighContrastColors" | "shouldUseInvertedColorScheme" | "inForcedColorsMode" | "prefersReducedTransparency";

class StandInNativeTheme extends LoudEmitter implements Pick<NativeTheme, Emulated> {
  readonly shouldUseHighContrastColors = false;
  readonly shouldUseInvertedColorScheme = false;
  readonly inForcedColorsMode = false;
  readonly prefersReducedTransparency = false;
  #source: NativeTheme["themeSource"] = "system";

  get themeSource(): NativeTheme["themeSource"] {
    return this.#source;
  }
  set themeSource(source: NativeTheme["themeSource"]) {
    if (!["system", "light", "dark"].includes(source)) throw new TypeError(`Error processing argument: ${source} is no theme source`);
    this.#source = source;
    setImmediate(() => this.emit("updated"));
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === "system" ? process.env["ELECTRON_STANDIN_DARK"] === "1" : this.#source === "dark";
  }
}

export const nativeTheme = new StandInNativeTheme();
