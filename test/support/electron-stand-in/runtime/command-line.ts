// `app.commandLine`: the switches given to Electron, which the stand-in passes on to Chromium.
import type { CommandLine } from "electron";

export class StandInCommandLine implements CommandLine {
  readonly #switches = new Map<string, string>();

  appendSwitch(name: string, value = ""): void {
    this.#switches.set(name.replace(/^--/, ""), value);
  }

  appendArgument(value: string): void {
    const [name = "", setting = ""] = value.replace(/^--/, "").split(/=(.*)/s);
    this.appendSwitch(name, setting);
  }

  hasSwitch(name: string): boolean {
    return this.#switches.has(name);
  }

  getSwitchValue(name: string): string {
    return this.#switches.get(name) ?? "";
  }

  removeSwitch(name: string): void {
    this.#switches.delete(name);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#switches.entries();
  }
}
