// Structured clone as text. The same code runs in the main process and in both worlds of a page, so it uses no Node and no DOM.
// Functions, promises and files only pass when the caller brings hooks for them: contextBridge does, IPC does not.

export interface EncodeHooks {
  fn(value: (...args: unknown[]) => unknown): number;
  promise(value: Promise<unknown>): number;
  file(value: object): number;
}

export interface DecodeHooks {
  fn(id: number): unknown;
  promise(id: number): unknown;
  file(id: number): unknown;
}

type Primitive = string | boolean | number | null;
type Entry = [key: string, node: number];

type Node =
  | ["undefined"]
  | ["plain", Primitive]
  | ["number", string]
  | ["bigint", string]
  | ["function", number]
  | ["promise", number]
  | ["file", number]
  | ["array", number, Entry[]]
  | ["date", number | null]
  | ["regexp", string, string]
  | ["map", [number, number][]]
  | ["set", number[]]
  | ["buffer", string]
  | ["view", string, string]
  | ["error", string, string, string | null, number | null]
  | ["boxed", string | boolean | number]
  | ["object", Entry[]];

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

/** What `structuredClone` copies as an ordinary object. Anything else with a native constructor (DOM nodes, WeakMap, …) is refused. */
const ORDINARY = new Set(["Object", "Arguments"]);

export const NOT_CLONABLE = "An object could not be cloned.";

/** Throws `An object could not be cloned.`, as Electron does, for what structured clone refuses. */
export function encode(value: unknown, hooks?: EncodeHooks): string {
  const nodes: Node[] = [];
  const seen = new Map<unknown, number>();

  const put = (node: Node): number => nodes.push(node) - 1;
  const entries = (value: object): Entry[] =>
    Object.keys(value).map((key) => [key, visit((value as Record<string, unknown>)[key])]);

  function visit(value: unknown): number {
    switch (typeof value) {
      case "undefined":
        return put(["undefined"]);
      case "string":
      case "boolean":
        return put(["plain", value]);
      case "number":
        return put(Number.isFinite(value) && !Object.is(value, -0) ? ["plain", value] : ["number", Object.is(value, -0) ? "-0" : String(value)]);
      case "bigint":
        return put(["bigint", String(value)]);
      case "symbol":
        throw new Error(NOT_CLONABLE);
      case "function":
      case "object":
        return value === null ? put(["plain", null]) : (seen.get(value) ?? visitObject(value));
    }
  }

  function visitObject(value: object): number {
    // The place is taken before the children are visited, so that a cycle finds its way back here.
    const index = put(["undefined"]);
    seen.set(value, index);
    nodes[index] = describe(value);
    return index;
  }

  function describe(value: object): Node {
    if (typeof value === "function") return ["function", needHooks(hooks).fn(value as (...args: unknown[]) => unknown)];
    if (Array.isArray(value)) return ["array", value.length, entries(value)];
    if (ArrayBuffer.isView(value)) return ["view", value instanceof DataView ? "DataView" : viewName(value), toBase64(value)];
    if (value instanceof Error) return describeError(value);
    switch (tagOf(value)) {
      case "Promise":
        return ["promise", needHooks(hooks).promise(value as Promise<unknown>)];
      case "File":
        return ["file", needHooks(hooks).file(value)];
      case "Date":
        return ["date", (value as Date).getTime()];
      case "RegExp":
        return ["regexp", (value as RegExp).source, (value as RegExp).flags];
      case "Map":
        return ["map", [...(value as Map<unknown, unknown>)].map(([key, item]): [number, number] => [visit(key), visit(item)])];
      case "Set":
        return ["set", [...(value as Set<unknown>)].map(visit)];
      case "ArrayBuffer":
        return ["buffer", toBase64(new Uint8Array(value as ArrayBuffer))];
      case "Error":
        return describeError(value as Error);
      case "Boolean":
      case "Number":
      case "String":
        return ["boxed", value.valueOf() as string | boolean | number];
      default:
        if (!isOrdinary(value)) throw new Error(NOT_CLONABLE);
        return ["object", entries(value)];
    }
  }

  function describeError(error: Error): Node {
    const cause = Object.hasOwn(error, "cause") ? visit(error.cause) : null;
    return ["error", error.name, error.message, error.stack ?? null, cause];
  }

  visit(value);
  return JSON.stringify(nodes);
}

/** Reads what `encode` wrote. Throws on anything else. */
export function decode(text: string, hooks?: DecodeHooks): unknown {
  const nodes = JSON.parse(text) as Node[];
  const made = new Map<number, unknown>();

  const read = (index: number): unknown => {
    if (made.has(index)) return made.get(index);
    const node = nodes[index];
    if (node === undefined) throw new Error(`No node ${index} in the message.`);
    return build(node, index);
  };
  const keep = <T>(index: number, value: T): T => {
    made.set(index, value);
    return value;
  };
  const fill = (target: object, items: Entry[]): void => {
    // defineProperty, because a plain assignment to "__proto__" would change the prototype.
    for (const [key, item] of items) {
      Object.defineProperty(target, key, { value: read(item), writable: true, enumerable: true, configurable: true });
    }
  };

  function build(node: Node, index: number): unknown {
    switch (node[0]) {
      case "undefined":
        return undefined;
      case "plain":
        return keep(index, node[1]);
      case "number":
        return keep(index, Number(node[1]));
      case "bigint":
        return keep(index, BigInt(node[1]));
      case "function":
        return keep(index, needHooks(hooks).fn(node[1]));
      case "promise":
        return keep(index, needHooks(hooks).promise(node[1]));
      case "file":
        return keep(index, needHooks(hooks).file(node[1]));
      case "array": {
        const array = keep(index, new Array<unknown>(node[1]));
        fill(array, node[2]);
        return array;
      }
      case "date":
        return keep(index, new Date(node[1] ?? NaN));
      case "regexp":
        return keep(index, new RegExp(node[1], node[2]));
      case "map": {
        const map = keep(index, new Map<unknown, unknown>());
        for (const [key, item] of node[1]) map.set(read(key), read(item));
        return map;
      }
      case "set": {
        const set = keep(index, new Set<unknown>());
        for (const item of node[1]) set.add(read(item));
        return set;
      }
      case "buffer":
        return keep(index, fromBase64(node[1]));
      case "view":
        return keep(index, makeView(node[1], fromBase64(node[2])));
      case "error": {
        const [, name, message, stack, cause] = node;
        const error = keep(index, new (isErrorName(name) ? ERRORS[name] : Error)(message));
        if (stack !== null) Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
        if (cause !== null) Object.defineProperty(error, "cause", { value: read(cause), writable: true, configurable: true });
        return error;
      }
      case "boxed":
        return keep(index, Object(node[1]) as unknown);
      case "object": {
        const object = keep(index, {});
        fill(object, node[1]);
        return object;
      }
    }
  }
  return read(0);
}

function needHooks<T>(hooks: T | undefined): T {
  if (hooks === undefined) throw new Error(NOT_CLONABLE);
  return hooks;
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function isOrdinary(value: object): boolean {
  if (ORDINARY.has(tagOf(value))) return true;
  // A class of the app's own that sets Symbol.toStringTag is still an ordinary object; what the engine itself brings is not.
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && !Function.prototype.toString.call(constructor).includes("[native code]");
}

function viewName(view: ArrayBufferView): string {
  const tag = tagOf(view);
  return tag in VIEWS ? tag : "Uint8Array";
}

function isErrorName(name: string): name is keyof typeof ERRORS {
  return Object.hasOwn(ERRORS, name);
}

function isViewName(name: string): name is keyof typeof VIEWS {
  return Object.hasOwn(VIEWS, name);
}

function makeView(name: string, buffer: ArrayBuffer): ArrayBufferView {
  if (name === "DataView") return new DataView(buffer);
  if (!isViewName(name)) throw new Error(`Unknown kind of array: ${name}`);
  return new VIEWS[name](buffer);
}

/** Only the viewed bytes travel; two views of one buffer arrive as two buffers, which structured clone would keep as one. */
function toBase64(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}

function fromBase64(text: string): ArrayBuffer {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return bytes.buffer;
}
