/** The accounts of a backup: pages by index, who comes first, whom the button brings back. */
import { describe, expect, it } from "vitest";
import { ACCOUNTS_PAGE, createAccountPages, type AccountPages, type AccountQuery } from "../../../renderer/views/backups/account-pages.ts";
import { choiceOf, withTicks, type Diff } from "../../../renderer/views/backups/choice.ts";
import { rowsById, rowsWith } from "../../../renderer/views/backups/list-rows.ts";
import type { ErrorValue } from "../../../shared/errors.ts";

const settle = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 5));
const idOf = (index: number): string => `id-${String(index)}`;

function pagesOf(total: number, failWith: () => ErrorValue | null = () => null): { pages: AccountPages; asked: AccountQuery[] } {
  const asked: AccountQuery[] = [];
  const everybody = Array.from({ length: total }, (_, index) => ({ id: idOf(index), name: `Person ${String(index)}`, email: null }));
  const pages = createAccountPages(
    (query) => {
      asked.push(query);
      const error = failWith();
      const { search = "", offset, limit } = query;
      const found = everybody.filter(({ id }) => id.includes(search));
      return Promise.resolve(error === null ? { ok: true, value: { total: found.length, accounts: found.slice(offset, offset + limit) } } : { ok: false, error });
    },
    () => undefined,
  );
  return { pages, asked };
}

describe("pages", () => {
  it("are fetched once, where they are looked at", async () => {
    const { pages, asked } = pagesOf(100_000);
    pages.want(0, 10, []);
    await settle();
    pages.want(50_100, 50_220, []);
    await settle();
    pages.want(50_110, 50_120, []);
    await settle();
    expect(asked.map(({ offset }) => offset)).toEqual([0, 50_000, 50_200]);
    expect([pages.total(), pages.at(50_199)?.id, pages.at(99_999)]).toEqual([100_000, idOf(50_199), null]);
  });
  it("look up who is known by id only", async () => {
    const { pages } = pagesOf(1_000);
    pages.want(0, 10, [idOf(900)]);
    await settle();
    expect(pages.byId(idOf(900))?.name).toBe("Person 900");
  });
  it("know who has the same name as somebody else", async () => {
    const people = [["a", "Ada"], ["b", "Ada"], ["c", "Björn"], ["d", null], ["e", null]] as const;
    const accounts = people.map(([id, name]) => ({ id, name, email: null }));
    const pages = createAccountPages(() => Promise.resolve({ ok: true, value: { total: accounts.length, accounts } }), () => undefined);
    pages.want(0, 4, []);
    await settle();
    pages.want(0, 4, ["a"]);
    await settle();
    expect(accounts.filter((row) => pages.isNamesake(row)).map(({ id }) => id)).toEqual(["a", "b"]);
  });
  it("give the ids of a stretch, fetched where needed", async () => {
    const { pages } = pagesOf(1_000);
    expect(await pages.idsBetween(ACCOUNTS_PAGE - 2, ACCOUNTS_PAGE + 1)).toEqual([198, 199, 200, 201].map(idOf));
  });
  it("say what failed, and go on when asked again", async () => {
    let error: ErrorValue | null = { code: "FILE_UNREADABLE", message: "No.", retryable: false };
    const { pages } = pagesOf(3, () => error);
    pages.want(0, 2, []);
    await settle();
    expect(pages.error()?.code).toBe("FILE_UNREADABLE");
    error = null;
    pages.want(0, 2, []);
    await settle();
    expect([pages.error(), pages.total()]).toEqual([null, 3]);
  });
});

describe("rows", () => {
  it("list who is missing first, and in a short list nobody twice", async () => {
    const { pages } = pagesOf(4);
    pages.want(0, 3, []);
    await settle();
    const rows = rowsWith([idOf(2)], pages);
    expect(Array.from({ length: rows.count }, (_, row) => rows.at(row))).toEqual([
      { kind: "heading", of: "missing" },
      { kind: "id", id: idOf(2) },
      { kind: "heading", of: "rest" },
      { kind: "index", index: 0 },
      { kind: "index", index: 1 },
      { kind: "index", index: 3 },
    ]);
  });
  it("go on with everybody in a long list, and have no headings when all are missing", async () => {
    const { pages } = pagesOf(100_000);
    pages.want(0, 1, []);
    await settle();
    const rows = rowsWith([idOf(7), idOf(9)], pages);
    expect([rows.count, rows.at(4), rows.at(100_003), rows.at(100_004)]).toEqual([100_004, { kind: "index", index: 0 }, { kind: "index", index: 99_999 }, null]);
    expect(rowsWith(Array.from({ length: 100_000 }, (_, index) => idOf(index)), pages).at(0)).toEqual({ kind: "index", index: 0 });
    expect(rowsById([idOf(1)]).at(0)).toEqual({ kind: "id", id: idOf(1) });
  });
});

describe("the choice", () => {
  const diff = (missing: string[], changed: string[] = [], missingCount = missing.length): Diff => ({ compared: "everything", counts: { added: 1, missing: missingCount, changed: changed.length, signedUpAgain: 0, same: 5 }, added: [], missing, changed: changed.map((id) => ({ id, fields: [] })), signedUpAgain: [] });
  it("is everyone who is missing until somebody is ticked", () => {
    expect(choiceOf(diff(["a", "b"]), null)).toMatchObject({ ticked: new Set(["a", "b"]), count: 2, blocked: undefined });
    expect(withTicks(diff(["a", "b"]), null, ["b"], false)).toEqual(new Set(["a"]));
    expect(choiceOf(diff([]), null).blocked).toBe("Everyone in this backup is on your site.");
  });
  it("counts only whom it can bring back", () => {
    expect(choiceOf(diff(["a", "b"], ["c"]), new Set(["a", "c", "d"]))).toMatchObject({ count: 2 });
    expect(choiceOf(diff(["a"]), new Set(["d"]))).toMatchObject({ count: null, blocked: "Everyone you chose is on your site." });
    expect(choiceOf(diff(["a"]), new Set()).blocked).toBe("Choose who shall come back.");
  });
  it("starts from nobody where not everyone who is missing is listed", () => {
    const many = diff(["a", "b"], [], 5_000);
    expect(choiceOf(many, null)).toMatchObject({ ticked: new Set(), count: 5_000 });
    expect(withTicks(many, null, ["b"], true)).toEqual(new Set(["b"]));
  });
  it("works without a comparison", () => {
    expect([choiceOf(null, null).count, choiceOf(null, new Set(["a"])).count]).toEqual([null, 1]);
  });
});
