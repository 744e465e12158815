/** What holds for every restore and every comparison: nobody is deleted, everybody is there afterwards, and twice is as once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountHash, emailOf, recordHash } from "../../../electron/engine/account.ts";
import type { OpenBackup } from "../../../electron/engine/backup/read-backup.ts";
import { compareSides, isSame, type Diff } from "../../../electron/engine/diff/compare.ts";
import type { Side } from "../../../electron/engine/diff/side.ts";
import type { AccountRecord } from "../../../electron/engine/record.ts";
import { applyRestore } from "../../../electron/engine/restore/apply-restore.ts";
import { planRestore, type RestorePolicy, type RestoreRequest } from "../../../electron/engine/restore/plan-restore.ts";
import { memorySite, type MemorySite } from "./memory-site.ts";

/** Few ids and addresses, so that two sides meet in every way: the same person, another one, signed up again, two with one address. */
const id = fc.constantFrom("a", "b", "c", "d", "__proto__", "u\n1");
const email = fc.constantFrom("ann@x", "bob@x", "cleo@x", "Ann@x", "constructor");
const account = fc.tuple(id, fc.option(email, { freq: 8 }), fc.constantFrom("1", "1.0", "2"), fc.constantFrom('{"k":1}', '{"k":1.0}', '{"k":1,"more":"x"}', '{"__proto__":"x"}', null)).map(
  ([name, address, n, metadata]): AccountRecord => ({
    id: name,
    document: `{"user_id":${JSON.stringify(name)}${address === null ? "" : `,"email":${JSON.stringify(address)}`},"n":${n}}`,
    metadata,
    uri: null,
    embedding: new Float32Array([1, 2, 3]),
  }),
);
const people = fc.uniqueArray(account, { selector: (record) => record.id, maxLength: 6 });
/** Everybody with an address has one of their own. */
const withOwnAddress = people.filter((records) => {
  const addresses = records.map(emailOf).filter((address) => address !== null);
  return new Set(addresses).size === addresses.length;
});

const policy = fc.constantFrom<RestorePolicy>("add_missing", "overwrite");
const kind = fc.constantFrom<OpenBackup["kind"]>("format_1", "reference");

function backupOf(records: readonly AccountRecord[], backupKind: OpenBackup["kind"]): OpenBackup {
  return {
    kind: backupKind,
    encrypted: false,
    sizeBytes: 1,
    head: null,
    timestamp: null,
    accountCount: records.length,
    async *records({ only } = {}) {
      await Promise.resolve();
      const chosen = records.filter((record) => only?.has(record.id) !== false);
      if (chosen.length > 0) yield chosen;
    },
  };
}

const request = (site: MemorySite, backup: OpenBackup, howTo: RestorePolicy): RestoreRequest => ({ connection: site.connection, site: "memory", collectionName: "users", backup, policy: howTo });
const restore = async (asked: RestoreRequest): ReturnType<typeof applyRestore> => await applyRestore({ ...asked, plan: null, makeSafetyBackup: () => Promise.resolve("safety") });
const hashes = (records: readonly AccountRecord[]): Map<string, string> => new Map(records.map((record) => [record.id, recordHash(record)]));

/** Every two who have one address, and which. */
function sharing(records: readonly AccountRecord[]): string[] {
  const named = records.filter((record) => emailOf(record) !== null);
  return named.flatMap((one) => named.filter((other) => one.id < other.id && emailOf(one) === emailOf(other)).map((other) => JSON.stringify([one.id, other.id, emailOf(one)])));
}

describe("every restore", () => {
  it("leaves everybody of both sides on the site, deletes nobody, and changes only whom its plan names", async () => {
    await fc.assert(
      fc.asyncProperty(people, people, policy, kind, async (onSite, inBackup, howTo, backupKind) => {
        const site = memorySite(onSite);
        const backup = backupOf(inBackup, backupKind);
        const before = hashes(site.records());
        const plan = await planRestore(request(site, backup, howTo));
        expect(hashes(site.records())).toEqual(before);
        const report = await restore(request(site, backup, howTo));
        const after = site.records();
        const now = hashes(after);

        for (const [name, hash] of before) expect([name, plan.overwrite.has(name) || now.get(name) === hash]).toEqual([name, true]);
        expect([...now.keys()].sort()).toEqual([...new Set([...before.keys(), ...plan.add])].sort());
        // By id or by e-mail address: everybody in the backup is somebody on the site.
        const addresses = new Set(after.map(emailOf));
        for (const record of inBackup) expect(now.has(record.id) || addresses.has(emailOf(record))).toBe(true);
        // The same id or the same address counts as present: nobody is there twice.
        for (const record of inBackup) if (plan.add.has(record.id)) expect(before.has(record.id)).toBe(false);
        for (const { id: left } of plan.problems) expect(onSite.map(emailOf)).toContain(emailOf(inBackup.find((record) => record.id === left) ?? { document: null, metadata: null }));
        // Whoever shares an address afterwards shared it before, on one of the two sides.
        const shared = new Set([...sharing(onSite), ...sharing(inBackup)]);
        expect(sharing(after).filter((pair) => !shared.has(pair))).toEqual([]);
        if (howTo === "overwrite") {
          const left = new Set(plan.problems.map((problem) => problem.id));
          for (const record of inBackup.filter((candidate) => !left.has(candidate.id))) {
            const there = after.find((candidate) => candidate.id === record.id);
            if (there !== undefined) expect(accountHash(there)).toBe(accountHash(record));
          }
        } else expect(plan.overwrite.size).toBe(0);
        expect(plan.add.size + plan.overwrite.size + plan.same + plan.leftAsTheyAre + plan.problems.length).toBe(inBackup.length);
        expect(report).toMatchObject({ added: plan.add.size, overwritten: plan.overwrite.size, accountsOnSite: now.size });
      }),
      { numRuns: 300 },
    );
  });

  it("puts an address back to whom it belonged, and brings back who was held off by it", async () => {
    const [ann, late] = [{ id: "a", document: '{"email":"new@x"}' }, { id: "a", document: '{"email":"old@x"}' }].map((rest): AccountRecord => ({ ...rest, metadata: null, uri: null, embedding: new Float32Array([1, 2, 3]) }));
    const bob: AccountRecord = { id: "b", document: '{"email":"old@x"}', metadata: null, uri: null, embedding: new Float32Array([1, 2, 3]) };
    const site = memorySite(late === undefined ? [] : [late]);
    const backup = backupOf(ann === undefined ? [] : [ann, bob], "format_1");
    expect(await restore(request(site, backup, "overwrite"))).toMatchObject({ added: 1, overwritten: 1, problems: [] });
    expect(site.records().map(emailOf).sort()).toEqual(["new@x", "old@x"]);
  });

  it("done again finds nothing to do, and one that stopped in the middle is finished by it", async () => {
    await fc.assert(
      fc.asyncProperty(people, people, policy, kind, fc.nat(6), async (onSite, inBackup, howTo, backupKind, stopAfter) => {
        const whole = memorySite(onSite);
        await restore(request(whole, backupOf(inBackup, backupKind), howTo));
        // The first writes of it, as if the machine had gone off then.
        const done = new Set((await planRestore(request(memorySite(onSite), backupOf(inBackup, backupKind), howTo))).add);
        const cutShort = memorySite(onSite);
        const first = inBackup.filter((record) => done.has(record.id)).slice(0, stopAfter);
        await restore(request(cutShort, backupOf(first, backupKind), howTo));
        await restore(request(cutShort, backupOf(inBackup, backupKind), howTo));
        expect(hashes(cutShort.records())).toEqual(hashes(whole.records()));
        const again = await planRestore(request(whole, backupOf(inBackup, backupKind), howTo));
        expect([again.add.size, again.overwrite.size]).toEqual([0, 0]);
      }),
      { numRuns: 500 },
    );
  });
});

function side(records: readonly AccountRecord[], holdsEverything: boolean): Side {
  return {
    holdsEverything,
    async *pages() {
      await Promise.resolve();
      yield records;
    },
  };
}

function mirrored(diff: Diff): Diff {
  const { counts } = diff;
  return {
    ...diff,
    counts: { ...counts, added: counts.missing, missing: counts.added },
    added: diff.missing,
    missing: diff.added,
    signedUpAgain: diff.signedUpAgain.map(({ missingId, presentId }) => ({ missingId: presentId, presentId: missingId })),
  };
}

/** In an order of its own: which account comes first is the side's. */
function sorted(diff: Diff): unknown {
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return { ...diff, added: [...diff.added].sort(), missing: [...diff.missing].sort(), changed: diff.changed.map(({ id: name, fields }) => [name, [...fields].sort()]).sort(byText), signedUpAgain: [...diff.signedUpAgain].sort(byText) };
}

describe("every comparison", () => {
  // Who took over the address of somebody that is gone did so on one side only.
  it("the other way round is its mirror, as long as nobody on both sides has changed the address", async () => {
    await fc.assert(
      fc.asyncProperty(withOwnAddress, withOwnAddress, fc.boolean(), async (left, right, everything) => {
        fc.pre(left.every((before) => right.every((after) => before.id !== after.id || emailOf(before) === emailOf(after))));
        const there = await compareSides(side(left, everything), side(right, true));
        const back = await compareSides(side(right, true), side(left, everything));
        expect(sorted(back)).toEqual(sorted(mirrored(there)));
      }),
      { numRuns: 300 },
    );
  });

  it("counts everybody once, and of a side with itself finds nothing", async () => {
    await fc.assert(
      fc.asyncProperty(people, people, async (left, right) => {
        const { counts } = await compareSides(side(left, true), side(right, true));
        expect(counts.missing + counts.changed + counts.same + counts.signedUpAgain).toBe(left.length);
        expect(isSame(await compareSides(side(left, true), side([...left].reverse(), true)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("names as missing whom a restore would add", async () => {
    await fc.assert(
      fc.asyncProperty(people, people, async (onSite, inBackup) => {
        const diff = await compareSides(side(inBackup, true), side(onSite, true));
        const plan = await planRestore(request(memorySite(onSite), backupOf(inBackup, "format_1"), "add_missing"));
        expect([...plan.add].sort()).toEqual([...diff.missing].sort());
        expect(plan.same).toBe(diff.counts.same);
        expect(plan.problems.map(({ id: name }) => name).sort()).toEqual(diff.signedUpAgain.map(({ missingId }) => missingId).sort());
      }),
      { numRuns: 300 },
    );
  });
});
