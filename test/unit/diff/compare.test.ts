import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSides, isSame, type Diff } from "../../../electron/engine/diff/compare.ts";
import type { Side } from "../../../electron/engine/diff/side.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { errorOf } from "../backup/make-backup.ts";

/** A side of these records, in pages of three. */
function side(records: readonly AccountRecord[], holdsEverything = true): Side {
  return {
    holdsEverything,
    async *pages() {
      await Promise.resolve();
      for (let at = 0; at < records.length; at += 3) yield records.slice(at, at + 3);
    },
  };
}

function record(id: string, document: string | null, rest: Partial<AccountRecord> = {}): AccountRecord {
  return { id, document, metadata: null, uri: null, embedding: null, ...rest };
}

const person = (id: string, email: string): AccountRecord => record(id, `{"user_id":"${id}","email":"${email}"}`);

async function fieldsOf(left: Partial<AccountRecord>, right: Partial<AccountRecord>, everything = true): Promise<readonly string[] | "same"> {
  const [before, after] = [side([record("a", null, left)]), side([record("a", null, right)], everything)];
  const diff = await compareSides(before, after);
  expect(await compareSides({ ...before, staysTheSame: true }, after)).toEqual(diff);
  expect(diff.counts).toMatchObject({ added: 0, missing: 0, signedUpAgain: 0 });
  expect(diff.changed).toHaveLength(diff.counts.changed);
  return diff.changed[0]?.fields ?? "same";
}

/** What a record is made of, so that it can be edited and written down in more than one spelling. */
interface Model {
  readonly id: string;
  /** JSON texts by key; null: the document is no JSON object. */
  readonly members: ReadonlyMap<string, string> | null;
  readonly metadata: ReadonlyMap<string, string>;
  readonly uri: string | null;
}

function objectText(members: ReadonlyMap<string, string>, respelled: boolean): string {
  const entries = [...members].map(([key, value]) => `${JSON.stringify(key)}${respelled ? " : " : ":"}${value}`);
  return respelled ? `{\n${entries.reverse().join(" ,\t")} }` : `{${entries.join(",")}}`;
}

function write({ id, members, metadata, uri }: Model, respelled: boolean): AccountRecord {
  return record(id, members === null ? `no account: ${id}` : objectText(members, respelled), { metadata: objectText(metadata, respelled), uri });
}

const HOSTILE_KEYS = ["__proto__", "constructor", "toString", "hasOwnProperty", "password_hash", "password", "full_name", "uri", "document", "spelling", "metadata: score", "score", "member:x", ""] as const;
const key = fc.oneof(fc.constantFrom(...HOSTILE_KEYS), fc.string({ unit: "binary", maxLength: 12 })).filter((name) => name !== "email");
const jsonText = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom("1", "1.0", "9007199254740993", "1e300", "-0.10", '{"__proto__":{"admin":true}}', '{"isLosslessNumber":true,"value":"1"}', "[]", "[[],{}]"),
);
const members = fc.uniqueArray(fc.tuple(key, jsonText), { selector: ([name]) => name, maxLength: 6 }).map((entries) => new Map(entries));
const metadata = fc.uniqueArray(fc.tuple(key, fc.constantFrom("1", "1.0", '"x"', "true", "9007199254740993")), { selector: ([name]) => name, maxLength: 4 }).map((entries) => new Map(entries));
const id = fc.oneof(fc.constantFrom("__proto__", "constructor", "a", "b"), fc.string({ unit: "binary", minLength: 1, maxLength: 8 }));
const model = fc.record({ members: fc.option(members, { freq: 8 }), metadata, uri: fc.option(fc.constantFrom("", "https://example.com/a.png")) });

interface Edit {
  readonly kind: "none" | "remove" | "edit";
  readonly drop: number;
  readonly change: number;
  readonly add: readonly string[];
  readonly dropMetadata: number;
  readonly addMetadata: readonly string[];
  readonly uri: boolean;
  readonly toText: boolean;
}
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("none", "remove", "edit"),
  drop: fc.integer({ min: 0, max: 2 }),
  change: fc.integer({ min: 0, max: 2 }),
  add: fc.array(key, { maxLength: 2 }),
  dropMetadata: fc.integer({ min: 0, max: 1 }),
  addMetadata: fc.array(key, { maxLength: 2 }),
  uri: fc.boolean(),
  toText: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

/** A value that no generated record holds. */
const EDITED = '["edited",1.0]';
const inWords = (name: string): string => (name === "password_hash" ? "password" : name);

function apply(before: Model, { drop, change, add, dropMetadata, addMetadata, uri, toText }: Edit): { after: Model; account: Set<string>; beside: Set<string> } {
  const account = new Set<string>();
  const beside = new Set<string>();
  const edited = before.members === null ? null : new Map(before.members);
  if (edited !== null && !toText) {
    const names = [...edited.keys()].filter((name) => name !== "email");
    for (const name of names.slice(0, drop)) edited.delete(name);
    for (const name of names.slice(drop, drop + change)) edited.set(name, EDITED);
    for (const name of add) edited.set(name, EDITED);
    for (const name of [...names.slice(0, drop + change), ...add]) account.add(inWords(name));
  }
  const after = edited === null || toText ? null : edited;
  if (edited !== null && after === null) account.add("document");
  const around = new Map(before.metadata);
  for (const name of [...around.keys()].slice(0, dropMetadata)) {
    around.delete(name);
    beside.add(`metadata: ${inWords(name)}`);
  }
  for (const name of addMetadata) {
    around.set(name, '"edited"');
    beside.add(`metadata: ${inWords(name)}`);
  }
  if (uri) beside.add("uri");
  return { after: { id: before.id, members: after, metadata: around, uri: uri ? "https://example.com/edited" : before.uri }, account, beside };
}

describe("comparing two sides", () => {
  it("names exactly what was edited, whatever the names are", async () => {
    const people = fc.uniqueArray(fc.tuple(id, model, edit), { selector: ([name]) => name, maxLength: 12 });
    const newcomers = fc.uniqueArray(id, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(people, newcomers, fc.boolean(), fc.boolean(), async (all, added, everything, respelled) => {
        const left: AccountRecord[] = [];
        const right: AccountRecord[] = [];
        const expected = { added: [] as string[], missing: [] as string[], changed: new Map<string, string[]>(), same: 0 };
        for (const [index, [name, made, howTo]] of all.entries()) {
          // An address of everybody's own: nobody here signs up again.
          const whole: Model = { ...made, id: name, members: made.members === null ? null : new Map([...made.members, ["email", `"${index}@example.com"`]]) };
          left.push(write(whole, false));
          if (howTo.kind === "remove") {
            expected.missing.push(name);
            continue;
          }
          const { after, account, beside } = howTo.kind === "none" ? { after: whole, account: new Set<string>(), beside: new Set<string>() } : apply(whole, howTo);
          right.push(write(after, respelled));
          const fields = new Set([...account, ...(everything ? beside : [])]);
          const isRespelled = everything && respelled && after.members !== null;
          if (fields.size > 0) expected.changed.set(name, [...fields].sort());
          else if (isRespelled) expected.changed.set(name, ["spelling"]);
          else expected.same += 1;
        }
        const known = new Set(all.map(([name]) => name));
        for (const name of added.filter((newcomer) => !known.has(newcomer))) {
          right.push(person(name, `new-${expected.added.length}@example.com`));
          expected.added.push(name);
        }

        const diff = await compareSides(side(left), side(right.reverse(), everything));
        expect(diff.compared).toBe(everything ? "everything" : "accounts");
        expect([...diff.added].sort()).toEqual(expected.added.sort());
        expect([...diff.missing].sort()).toEqual(expected.missing.sort());
        expect(new Map(diff.changed.map((change) => [change.id, [...change.fields].sort()]))).toEqual(expected.changed);
        expect(diff.counts).toEqual({ added: expected.added.length, missing: expected.missing.length, changed: expected.changed.size, signedUpAgain: 0, same: expected.same });
        expect(isSame(diff)).toBe(diff.counts.added + diff.counts.missing + diff.counts.changed === 0);
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, Partial<AccountRecord>, Partial<AccountRecord>, readonly string[] | "same"]>([
    ["a float that became whole", { document: '{"n":1.0}' }, { document: '{"n":1}' }, ["n"]],
    ["an int64 by one", { document: '{"n":9007199254740993}' }, { document: '{"n":9007199254740992}' }, ["n"]],
    ["a password", { document: '{"password_hash":"$2b$12$old"}' }, { document: '{"password_hash":"$2b$12$new"}' }, ["password"]],
    ["something deep inside", { document: '{"a":{"b":[1,{"c":1}]}}' }, { document: '{"a":{"b":[1,{"c":2}]}}' }, ["a"]],
    ["an item more", { document: '{"a":[]}' }, { document: '{"a":[null]}' }, ["a"]],
    ["a list in a list", { document: '{"a":[1,2]}' }, { document: '{"a":[[1,2]]}' }, ["a"]],
    ["a text that looks like a list", { document: '{"a":[1]}' }, { document: '{"a":"[1]"}' }, ["a"]],
    ["a prototype", { document: '{"__proto__":{"admin":false}}' }, { document: '{"__proto__":{"admin":true}}' }, ["__proto__"]],
    ["half of an emoji", { document: '{"a":"\ud83d"}' }, { document: '{"a":"\ud83e"}' }, ["a"]],
    ["spaces", { document: '{"a":1}' }, { document: '{ "a": 1 }' }, ["spelling"]],
    ["escapes and order", { document: '{"a":"é","b":1.0}' }, { document: '{"b":1.00,"a":"\\u00e9"}' }, ["spelling"]],
    ["no account any more", { document: '{"a":1,"b":2}' }, { document: "gone" }, ["document"]],
    ["no document any more", { document: '{"a":1}' }, { document: null }, ["document"]],
    ["an empty document", { document: "" }, { document: null }, ["document"]],
    ["a text for nothing", { document: "null" }, { document: null }, ["document"]],
    ["quotes around a text", { document: "x" }, { document: '"x"' }, ["document"]],
    ["a key that is there twice", { document: '{"a":1,"a":2}' }, { document: '{"a":1,"a":3}' }, ["document"]],
    ["metadata of another type", { metadata: '{"score":1.0}' }, { metadata: '{"score":1}' }, ["metadata: score"]],
    ["metadata in another order", { metadata: '{"a":1,"b":2}' }, { metadata: '{"b":2,"a":1}' }, "same"],
    ["empty metadata", { metadata: "{}" }, { metadata: null }, "same"],
    ["an empty uri", { uri: "" }, { uri: null }, ["uri"]],
    ["a password in the metadata", { metadata: '{"password_hash":"x"}' }, { metadata: null }, ["metadata: password"]],
    ["a vector, which does not count", { embedding: new Float32Array([1]) }, { embedding: new Float32Array([2]) }, "same"],
  ])("tells %s", async (_name, left, right, fields) => {
    expect(await fieldsOf(left, right)).toEqual(fields);
  });

  it("leaves out of a foreign side what it cannot hold, and how it is spelled", async () => {
    expect(await fieldsOf({ document: '{"a":1}', metadata: '{"score":1}', uri: "https://example.com" }, { document: '{ "a" : 1 }', metadata: '{"type":"user"}' }, false)).toBe("same");
    expect(await fieldsOf({ document: '{"a":1,"b":1}', metadata: '{"score":1}' }, { document: '{"a":1.0,"b":1}' }, false)).toEqual(["a"]);
  });

  it("takes documents nested deeper than the stack as text", async () => {
    const deep = (core: string): string => `{"a":${"[".repeat(50_000)}${core}${"]".repeat(50_000)}}`;
    expect(await fieldsOf({ document: deep("1") }, { document: deep("2") })).toEqual(["document"]);
    expect(await fieldsOf({ document: deep("1") }, { document: deep("1") })).toBe("same");
  });

  it("takes a list of a hundred thousand items", async () => {
    const list = (last: number): string => `{"list":[${"1,".repeat(100_000)}${last}]}`;
    expect(await fieldsOf({ document: list(2), metadata: list(2) }, { document: list(3), metadata: list(2) })).toEqual(["list"]);
  });

  it("shortens a name that is as long as a value", async () => {
    const [field] = await fieldsOf({ document: `{"${"k".repeat(5_000)}":1}` }, { document: "{}" });
    expect(field).toBe(`${"k".repeat(80)}…`);
  });
});

describe("people who signed up again", () => {
  const compare = async (left: readonly AccountRecord[], right: readonly AccountRecord[]): Promise<Diff> => await compareSides(side(left), side(right));

  it("are neither missing nor added", async () => {
    const diff = await compare([person("old", "eva@example.com"), person("b", "b@example.com")], [person("new", "eva@example.com"), person("c", "c@example.com")]);
    expect(diff).toMatchObject({ added: ["c"], missing: ["b"], changed: [], signedUpAgain: [{ missingId: "old", presentId: "new" }] });
    expect(diff.counts).toEqual({ added: 1, missing: 1, changed: 0, signedUpAgain: 1, same: 0 });
    expect(isSame(await compare([person("old", "eva@example.com")], [person("new", "eva@example.com")]))).toBe(false);
  });

  it("are told from two accounts with one address, of which one is missing", async () => {
    const diff = await compare([person("a", "shared@example.com"), person("b", "shared@example.com")], [person("b", "shared@example.com")]);
    expect(diff).toMatchObject({ missing: ["a"], signedUpAgain: [], counts: { same: 1, added: 0 } });
  });

  it("need an address", async () => {
    expect(await compare([record("a", "note")], [record("b", "note")])).toMatchObject({ added: ["b"], missing: ["a"], signedUpAgain: [] });
  });
});

describe("a long comparison", () => {
  const many = (prefix: string, count: number): AccountRecord[] => Array.from({ length: count }, (_, n) => person(`${prefix}${n}`, `${prefix}${n}@example.com`));

  it("cuts the lists and not the counts", async () => {
    const left = [...many("gone-", 7), ...many("x", 7), ...many("again-", 7)];
    const right = [...many("new-", 7), ...many("x", 7).map((one) => ({ ...one, uri: "u" })), ...many("again-", 7).map((one) => ({ ...one, id: `${one.id}-2` }))];
    const diff = await compareSides(side(left), side(right), { maxListed: 3 });
    expect(diff.counts).toEqual({ added: 7, missing: 7, changed: 7, signedUpAgain: 7, same: 0 });
    expect([diff.added, diff.missing, diff.changed, diff.signedUpAgain].map((list) => list.length)).toEqual([3, 3, 3, 3]);
  });

  it("stops when it is told to, on either side", async () => {
    for (const stopOn of ["left", "right"]) {
      const controller = new AbortController();
      let pages = 0;
      const stopping: Side = {
        holdsEverything: true,
        async *pages() {
          for (const one of many("p", 3)) {
            await Promise.resolve();
            pages += 1;
            if (pages === 2) controller.abort();
            yield [one];
          }
        },
      };
      const [left, right] = stopOn === "left" ? [stopping, side([])] : [side([]), stopping];
      expect((await errorOf(async () => await compareSides(left, right, { signal: controller.signal }))).code).toBe("CANCELLED");
      expect(pages).toBe(2);
    }
  });
});
