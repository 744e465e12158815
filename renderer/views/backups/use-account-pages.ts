/** The pages of an opened backup for one search. What was shown stays until the first page of the next is there. */
import { useEffect, useReducer, useRef, useState } from "react";
import { call } from "../../api/bridge.ts";
import { createAccountPages, type AccountPages } from "./account-pages.ts";
import { passphraseOf } from "./passphrases.ts";

interface PagesQuery {
  readonly siteId: string;
  readonly name: string;
  readonly search: string;
  readonly showEmails: boolean;
}

export function useAccountPages({ siteId, name, search, showEmails }: PagesQuery): { readonly pages: AccountPages | null; readonly search: string } {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const [shown, setShown] = useState<{ pages: AccountPages; search: string } | null>(null);
  const current = useRef<AccountPages | null>(null);
  useEffect(() => {
    const pages = createAccountPages(
      (query) => {
        const passphrase = passphraseOf(siteId, name);
        return call("backup.accounts", { siteId, name, search, showEmails, ...query, ...(passphrase === null ? {} : { passphrase }) });
      },
      () => {
        if (current.current !== pages) return;
        setShown((before) => (before?.pages === pages ? before : { pages, search }));
        changed();
      },
    );
    current.current = pages;
    pages.want(0, 0, []);
    return () => pages.close();
  }, [siteId, name, search, showEmails]);
  return { pages: shown?.pages ?? null, search: shown?.search ?? "" };
}
