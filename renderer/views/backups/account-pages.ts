/**
 * The accounts of a backup as a list asks for them: by index, in pages that are fetched once, one at a time, those in
 * view first. Ids that are known from elsewhere (who is missing) are looked up one by one, for their names.
 */
import type { CommandResponse } from "../../../shared/contract.ts";
import type { ErrorValue, Result } from "../../../shared/errors.ts";

export const ACCOUNTS_PAGE = 200;
/** An id is searched for like any other word, so others may hold it too. */
const LOOK_UP_LIMIT = 20;

type Answer = CommandResponse<"backup.accounts">;
export type AccountRow = Answer["accounts"][number];

export interface AccountQuery {
  /** Left out: what the list as a whole is searched for. */
  readonly search?: string;
  readonly offset: number;
  readonly limit: number;
}

export interface AccountPages {
  /** Null until the first page is there. */
  total(): number | null;
  at(index: number): AccountRow | null;
  byId(id: string): AccountRow | null;
  /** Somebody else who is known by now has the same name. */
  isNamesake(row: AccountRow): boolean;
  error(): ErrorValue | null;
  /** What is in view; what was asked for before and is not there yet is dropped. */
  want(from: number, to: number, ids: readonly string[]): void;
  /** All ids from one row to another, fetched where they are not there yet. */
  idsBetween(from: number, to: number): Promise<string[]>;
  close(): void;
}

export function createAccountPages(fetchPage: (query: AccountQuery) => Promise<Result<Answer>>, onChange: () => void): AccountPages {
  const pages = new Map<number, readonly AccountRow[]>();
  const known = new Map<string, AccountRow>();
  const bearers = new Map<string, Set<string>>();
  const sought = new Set<string>();
  let total: number | null = null;
  let failed: ErrorValue | null = null;
  let wanted = { from: 0, to: 0, ids: [] as readonly string[] };
  let busy = false;
  let closed = false;

  function take(rows: readonly AccountRow[]): void {
    for (const row of rows) {
      known.set(row.id, row);
      if (row.name !== null) bearers.set(row.name, (bearers.get(row.name) ?? new Set()).add(row.id));
    }
  }

  async function load(page: number): Promise<boolean> {
    const answer = await fetchPage({ offset: page * ACCOUNTS_PAGE, limit: ACCOUNTS_PAGE });
    failed = answer.ok ? null : answer.error;
    if (!answer.ok) return false;
    ({ total } = answer.value);
    pages.set(page, answer.value.accounts);
    take(answer.value.accounts);
    return true;
  }

  async function lookUp(id: string): Promise<void> {
    sought.add(id);
    const answer = await fetchPage({ search: id, offset: 0, limit: LOOK_UP_LIMIT });
    if (answer.ok) take(answer.value.accounts);
  }

  function nextPage(): number | null {
    const last = Math.floor(Math.min(wanted.to, (total ?? 1) - 1) / ACCOUNTS_PAGE);
    for (let page = Math.floor(wanted.from / ACCOUNTS_PAGE); page <= last; page += 1) if (!pages.has(page)) return page;
    return null;
  }

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    while (!closed) {
      const page = nextPage();
      const id = wanted.ids.find((one) => !known.has(one) && !sought.has(one));
      if (page !== null) {
        if (!(await load(page))) break;
      } else if (id === undefined) break;
      else await lookUp(id);
      onChange();
    }
    busy = false;
    if (failed !== null && !closed) onChange();
  }

  const at = (index: number): AccountRow | null => pages.get(Math.floor(index / ACCOUNTS_PAGE))?.[index % ACCOUNTS_PAGE] ?? null;

  return {
    total: () => total,
    at,
    byId: (id) => known.get(id) ?? null,
    isNamesake: ({ name }) => name !== null && (bearers.get(name)?.size ?? 0) > 1,
    error: () => failed,
    want(from, to, ids) {
      wanted = { from, to, ids };
      void work();
    },
    async idsBetween(from, to) {
      for (let page = Math.floor(from / ACCOUNTS_PAGE); page <= Math.floor(to / ACCOUNTS_PAGE) && !closed; page += 1) {
        if (!pages.has(page) && !(await load(page))) break;
      }
      const ids: string[] = [];
      for (let index = from; index <= to; index += 1) {
        const row = at(index);
        if (row !== null) ids.push(row.id);
      }
      return ids;
    },
    close() {
      closed = true;
    },
  };
}
