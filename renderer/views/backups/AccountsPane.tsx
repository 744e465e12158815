/** Who is in an opened backup: search, missing first or changed, e-mails masked until asked for, and the ticks. */
import { SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { en } from "../../strings/en.ts";
import { AccountGrid } from "./AccountGrid.tsx";
import { listsEveryone, type Diff } from "./choice.ts";
import { rowsById, rowsWith } from "./list-rows.ts";
import { useAccountPages } from "./use-account-pages.ts";

const words = en.backups.detail;
const TYPING_STOPS_MS = 250;
const nobody: readonly string[] = [];

interface AccountsPaneProps {
  readonly siteId: string;
  readonly name: string;
  /** Null: not compared with the site. */
  readonly diff: Diff | null;
  readonly ticked: ReadonlySet<string>;
  /** How many were ticked by hand; null: nobody yet. */
  readonly chosen: number | null;
  readonly onTick: (ids: readonly string[], isOn: boolean) => void;
  readonly onReset: () => void;
}

export function AccountsPane({ siteId, name, diff, ticked, chosen, onTick, onReset }: AccountsPaneProps) {
  const [showsEmails, setShowsEmails] = useState(false);
  const [tab, setTab] = useState<"missing" | "changed">("missing");
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), TYPING_STOPS_MS);
  const { pages, search: found } = useAccountPages({ siteId, name, search, showEmails: showsEmails });
  const missing = useMemo(() => new Set(diff?.missing), [diff]);
  const changed = useMemo(() => new Set(diff?.changed.map(({ id }) => id)), [diff]);
  const showsChanged = tab === "changed" && changed.size > 0 && search === "";
  const total = pages?.total() ?? null;
  const first = found === "" ? (diff?.missing ?? nobody) : nobody;
  // The pages fill in place: `total` tells that another search has answered.
  const rows = useMemo(() => (pages === null || total === null ? null : showsChanged ? rowsById([...changed]) : rowsWith(first, pages)), [pages, total, showsChanged, changed, first]);
  const error = pages?.error() ?? null;
  const counts = diff?.counts ?? null;
  const headings = {
    missing: diff === null || counts === null ? "" : listsEveryone(diff) ? words.headingMissing(counts.missing) : words.headingFirst(diff.missing.length, counts.missing),
    rest: total !== null && rows !== null && rows.count === total + 2 ? words.headingRest : words.headingAll(total ?? 0),
  };
  return (
    <>
      <div className="sec tabrow">
        <div className="row wrap">
          <SearchField label={words.searchPeople} value={typed} onChange={setTyped} withKey={false} />
          <Button rank="quiet" size="s" icon="eye" className="end" aria-pressed={showsEmails} onClick={() => setShowsEmails(!showsEmails)}>
            {showsEmails ? words.hideEmails : words.showEmails}
          </Button>
        </div>
        {counts !== null && counts.changed > 0 && search === "" && (
          <div className="row wrap">
            <SegmentedControl
              aria-label={words.people}
              value={tab}
              onChange={(value) => setTab(value === "changed" ? "changed" : "missing")}
              data={[
                { value: "missing", label: words.missingFirst },
                { value: "changed", label: words.changedToo(counts.changed) },
              ]}
            />
          </div>
        )}
        {chosen !== null && (
          <div className="row wrap sm" role="status">
            <span>{words.chosen(chosen)}</span>
            {counts !== null && counts.missing > 0 && (
              <button type="button" className="link end" onClick={onReset}>
                {words.chooseAll}
              </button>
            )}
          </div>
        )}
      </div>
      {error !== null && (
        <div className="sec">
          <ErrorNote error={error} alert={false} action={<Button size="s" icon="again" onClick={() => pages?.want(0, 0, [])}>{en.frame.retry}</Button>} />
        </div>
      )}
      {rows !== null && pages !== null && rows.count > 0 ? (
        <AccountGrid key={showsChanged ? "changed" : found} rows={rows} pages={pages} headings={headings} ticked={ticked} missing={missing} changed={changed} showsEmails={showsEmails} onTick={onTick} />
      ) : (
        <div className="ppl empty" role="status">
          {rows === null ? <p className="t2 sm">{words.opening}</p> : found !== "" && <p>{words.nobodyFound(found)}</p>}
        </div>
      )}
    </>
  );
}
