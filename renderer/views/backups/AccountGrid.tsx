/** Accounts as a virtual list: one tab stop, arrows, Home, End, page keys; Space ticks, Shift extends. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { rangeWith } from "../../components/keep-row.ts";
import { en } from "../../strings/en.ts";
import { masked, maskedAloud } from "../../strings/words.ts";
import type { AccountPages, AccountRow } from "./account-pages.ts";
import type { ListRow, ListRows } from "./list-rows.ts";

const words = en.backups.detail;
const ROW_REM = 2.75;
const PAGE = 8;

interface AccountGridProps {
  readonly rows: ListRows;
  readonly pages: AccountPages;
  readonly headings: { readonly missing: string; readonly rest: string };
  readonly ticked: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly changed: ReadonlySet<string>;
  readonly showsEmails: boolean;
  readonly onTick: (ids: readonly string[], isOn: boolean) => void;
}

function accountOf(row: ListRow | null, pages: AccountPages): AccountRow | null {
  if (row === null || row.kind === "heading") return null;
  return row.kind === "index" ? pages.at(row.index) : (pages.byId(row.id) ?? { id: row.id, name: null, email: null });
}

/** Masked by the app already, but for the id, which is what somebody is chosen by. */
function addressOf({ email, id }: AccountRow, showsEmails: boolean): string {
  return email ?? (showsEmails ? id : masked(id));
}

/** As the row shows it: the name, and the address where there is no name or two have the same. */
function aloud(account: AccountRow, isNamesake: boolean, showsEmails: boolean): string {
  const address = addressOf(account, showsEmails);
  const said = showsEmails ? address : maskedAloud(address);
  if (account.name === null) return said;
  return isNamesake ? `${account.name}, ${said}` : account.name;
}

function Person({ account, showsEmails }: { readonly account: AccountRow; readonly showsEmails: boolean }) {
  const { name } = account;
  const address = addressOf(account, showsEmails);
  return (
    <>
      {name !== null && <b className="cut">{name}</b>}
      <span className={name === null ? "cut" : "cut t2 xs"} aria-hidden={!showsEmails}>
        {address}
      </span>
      {!showsEmails && <span className="vh">{maskedAloud(address)}</span>}
    </>
  );
}

/** A click on the box is a click on its row. */
const toggledByRow = (): void => undefined;

export function AccountGrid({ rows, pages, headings, ticked, missing, changed, showsEmails, onTick }: AccountGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const anchor = useRef<number | null>(null);
  const moved = useRef(false);
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = ROW_REM * root;
  const current = Math.min(active, Math.max(0, rows.count - 1));
  const isHeading = (row: number): boolean => rows.at(row)?.kind === "heading";
  const stop = isHeading(current) ? current + 1 : current;
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
    rangeExtractor: (range) => rangeWith(stop, range),
  });
  const items = virtual.getVirtualItems();
  const { startIndex = 0, endIndex = 0 } = virtual.range ?? {};
  const inView = Array.from({ length: endIndex - startIndex + 1 }, (_, offset) => rows.at(startIndex + offset));
  const indexes = inView.flatMap((row) => (row?.kind === "index" ? [row.index] : []));
  const [from = 0] = indexes;
  const to = indexes.at(-1) ?? 0;
  const soughtIds = inView.flatMap((row) => (row?.kind === "id" ? [row.id] : [])).join("\n");

  useEffect(() => {
    pages.want(from, to, soughtIds === "" ? [] : soughtIds.split("\n"));
  }, [pages, from, to, soughtIds]);
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${stop}"]`)?.focus({ preventScroll: true });
  });

  /** Ids of a stretch of rows, fetched where they are not there yet. */
  async function idsOf(first: number, last: number): Promise<string[]> {
    const found: string[] = [];
    let stretch: { from: number; to: number } | null = null;
    const flush = async (): Promise<void> => {
      if (stretch !== null) for (const id of await pages.idsBetween(stretch.from, stretch.to)) found.push(id);
      stretch = null;
    };
    for (let index = Math.min(first, last); index <= Math.max(first, last); index += 1) {
      const row = rows.at(index);
      if (row?.kind === "id") found.push(row.id);
      if (row?.kind !== "index") continue;
      if (stretch === null || row.index !== stretch.to + 1) {
        await flush();
        stretch = { from: row.index, to: row.index };
      } else stretch.to = row.index;
    }
    await flush();
    return found;
  }
  function extend(to: number): void {
    anchor.current ??= stop;
    void idsOf(anchor.current, to).then((found) => onTick(found, true));
  }
  function toggle(row: number): void {
    anchor.current = row;
    const account = accountOf(rows.at(row), pages);
    if (account !== null) onTick([account.id], !ticked.has(account.id));
  }
  function move(to: number, isExtending: boolean): void {
    let next = Math.min(rows.count - 1, Math.max(0, to));
    if (isHeading(next)) next = next > stop || next === 0 ? next + 1 : next - 1;
    moved.current = true;
    virtual.scrollToIndex(next === 1 && isHeading(0) ? 0 : next);
    if (isExtending) extend(next);
    else anchor.current = next;
    setActive(next);
  }
  function onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: stop + 1, ArrowUp: stop - 1, Home: 0, End: rows.count - 1, PageDown: stop + PAGE, PageUp: stop - PAGE };
    const to = steps[event.key];
    if (to !== undefined) move(to, event.shiftKey);
    else if (event.key === " ") toggle(stop);
    else return;
    event.preventDefault();
  }
  function onClick(event: MouseEvent, row: number): void {
    setActive(row);
    if (event.shiftKey) extend(row);
    else toggle(row);
  }

  return (
    <div className="ppl" ref={scroller}>
      <div role="grid" aria-label={words.people} aria-multiselectable="true" aria-rowcount={rows.count} onKeyDown={onKey} className="prows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows.at(index);
          const place = { transform: `translateY(${start}px)`, height };
          if (row === null) return null;
          if (row.kind === "heading") {
            return (
              <div key={row.of} role="row" aria-rowindex={index + 1} className="prow phead" style={place}>
                <span role="gridcell">{headings[row.of]}</span>
              </div>
            );
          }
          const account = accountOf(row, pages);
          const isMissing = account !== null && missing.has(account.id);
          const isChanged = account !== null && changed.has(account.id);
          const isTicked = account !== null && ticked.has(account.id);
          return (
            <div
              key={`${row.kind} ${row.kind === "id" ? row.id : row.index}`}
              role="row"
              data-index={index}
              aria-rowindex={index + 1}
              aria-selected={isTicked}
              tabIndex={index === stop ? 0 : -1}
              className="prow"
              style={place}
              onClick={(event) => onClick(event, index)}
              onFocus={() => setActive(index)}
            >
              <span role="gridcell">
                {account !== null && <input type="checkbox" className="check" tabIndex={-1} checked={isTicked} onChange={toggledByRow} aria-label={words.pickAloud(aloud(account, pages.isNamesake(account), showsEmails))} />}
              </span>
              <span role="gridcell" className="who-cell grow">
                {account === null ? <span className="t3">{words.loadingRow}</span> : <Person account={account} showsEmails={showsEmails} />}
              </span>
              <span role="gridcell">{(isMissing || isChanged) && <span className={isMissing ? "tag wiped" : "tag risk"}>{isMissing ? words.tagMissing : words.tagChanged}</span>}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
