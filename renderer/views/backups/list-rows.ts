/** Which row of the list is whom: who is missing first, then everybody. Pure. */
import { ACCOUNTS_PAGE, type AccountPages } from "./account-pages.ts";

export type ListRow =
  | { readonly kind: "heading"; readonly of: "missing" | "rest" }
  /** By id: known from the comparison. By index: a row of the pages, which may not be there yet. */
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "index"; readonly index: number };

export interface ListRows {
  readonly count: number;
  at(row: number): ListRow | null;
}

export function rowsById(ids: readonly string[]): ListRows {
  return {
    count: ids.length,
    at(row) {
      const id = ids[row];
      return id === undefined ? null : { kind: "id", id };
    },
  };
}

/** `first`: who comes on top; nobody while something is searched for. */
export function rowsWith(first: readonly string[], pages: AccountPages): ListRows {
  const total = pages.total() ?? 0;
  if (first.length === 0 || first.length >= total) return { count: total, at: (row) => (row < total ? { kind: "index", index: row } : null) };
  const rest = restOf(first, pages, total);
  const restFrom = first.length + 2;
  return {
    count: restFrom + rest.length,
    at(row) {
      if (row === 0) return { kind: "heading", of: "missing" };
      if (row === restFrom - 1) return { kind: "heading", of: "rest" };
      const id = first[row - 1];
      if (row < restFrom && id !== undefined) return { kind: "id", id };
      const index = rest.at(row - restFrom);
      return index === undefined ? null : { kind: "index", index };
    },
  };
}

interface Rest {
  readonly length: number;
  at(row: number): number | undefined;
}

/** Where one page holds everybody, nobody is listed twice. Longer lists go on with everybody, in their own order. */
function restOf(first: readonly string[], pages: AccountPages, total: number): Rest {
  if (total > ACCOUNTS_PAGE) return { length: total, at: (row) => (row >= 0 && row < total ? row : undefined) };
  const onTop = new Set(first);
  return Array.from({ length: total }, (_, index) => index).filter((index) => !onTop.has(pages.at(index)?.id ?? ""));
}
