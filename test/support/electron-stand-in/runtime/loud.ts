// Nothing that is not emulated may pass in silence: reading an unknown member of a stand-in object throws and says which.
import { EventEmitter } from "node:events";

/** Read by inspectors, by `await` and by serializers on any object, so their absence means nothing. */
const HARMLESS = new Set(["then", "toJSON", "toString", "valueOf", "constructor", "inspect", "nodeType", "asymmetricMatch", "$$typeof", "default", "__esModule", "domain"]);

export function notEmulated(what: string): never {
  throw new Error(`stand-in: ${what} is not emulated`);
}

/** A plain object (or namespace of functions) whose unknown members throw. Members can still be replaced, as tests do. */
export function loud<T extends object>(name: string, target: T): T {
  return new Proxy(target, { get: (object, key) => readOrThrow(object, key, object, name) });
}

/** Stands for a whole API of which nothing is emulated. */
export function loudApi(name: string): object {
  return new Proxy(function standIn() {
    // Only there so that `apply` and `construct` are trapped.
  }, {
    get: (_target, key) => (typeof key === "symbol" || HARMLESS.has(key) ? undefined : notEmulated(`${name}.${key}`)),
    construct: () => notEmulated(`new ${name}()`),
    apply: () => notEmulated(`${name}()`),
  });
}

function readOrThrow(target: object, key: string | symbol, receiver: unknown, name: string): unknown {
  if (typeof key === "symbol" || HARMLESS.has(key) || key in target) return Reflect.get(target, key, receiver);
  return notEmulated(`${name}.${key}`);
}

/**
 * Base of every stand-in class. The proxy sits at the far end of the prototype chain, where only what nobody defined arrives; unlike a
 * proxy around the instance it leaves private fields and `this` alone.
 */
export class LoudEmitter extends EventEmitter {}

const end = new Proxy(Object.create(EventEmitter.prototype) as object, {
  get(target, key, receiver: object) {
    return readOrThrow(target, key, receiver, receiver.constructor.name.replace(/^StandIn/, ""));
  },
});
Object.setPrototypeOf(LoudEmitter.prototype, end);
