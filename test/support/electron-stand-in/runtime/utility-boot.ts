// Loaded first in a utility process: `process.parentPort`, and an `electron` module that has nothing else.
import { EventEmitter } from "node:events";

import { loud } from "./loud.ts";
import { aliasElectron } from "./register.ts";

class ParentPort extends EventEmitter {
  readonly #early: unknown[] = [];
  #started = false;

  constructor() {
    super();
    process.on("message", (data) => (this.#started ? this.#deliver(data) : this.#early.push(data)));
    // Messages wait until somebody listens, as in Electron.
    this.on("newListener", (event) => {
      if (event === "message" && !this.#started) setImmediate(() => this.start());
    });
  }

  start(): void {
    this.#started = true;
    for (const data of this.#early.splice(0)) this.#deliver(data);
  }

  postMessage(message: unknown): void {
    process.send?.(message);
  }

  #deliver(data: unknown): void {
    this.emit("message", { data, ports: [] });
  }
}

const parentPort = new ParentPort();
Object.defineProperty(process, "parentPort", { value: parentPort });
Object.defineProperty(process, "type", { value: "utility" });
// A utility process does not outlive the app, however that ends.
process.on("disconnect", () => process.exit(0));
aliasElectron(loud("electron (in a utility process)", { parentPort }));
