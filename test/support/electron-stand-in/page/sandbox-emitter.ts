// The `events` module of a sandboxed preload: the small part of Node's EventEmitter that preloads use.

type Listener = (...args: unknown[]) => void;

export class SandboxEmitter {
  static readonly EventEmitter = SandboxEmitter;
  readonly #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  once(event: string, listener: Listener): this {
    const once: Listener = (...args) => {
      this.off(event, once);
      listener(...args);
    };
    return this.on(event, once);
  }

  off(event: string, listener: Listener): this {
    const listeners = [...(this.#listeners.get(event) ?? [])];
    const at = listeners.indexOf(listener);
    if (at >= 0) listeners.splice(at, 1);
    this.#listeners.set(event, listeners);
    return this;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener.apply(this, args);
    return listeners.length > 0;
  }
}
