/** The backups, newest first: one tab stop, arrows, Home, End, page keys, type-ahead on dates. Virtual, for thousands. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Icon } from "../../components/Icon.tsx";
import { rangeWith } from "../../components/keep-row.ts";
import { en } from "../../strings/en.ts";
import { number } from "../../strings/words.ts";
import type { BackupRow } from "./kept-because.ts";
import { fullTimeMade, whenMade } from "./when-made.ts";

const words = en.backups;
const ROW_HEIGHT_REM = 2.75;
const NARROW_ROW_HEIGHT_REM = 2.375;
const PAGE = 10;
const TYPE_AHEAD_MS = 800;

function changeOf({ change }: BackupRow): { readonly shown: string; readonly aloud: string } {
  if (change === null || change === 0) return { shown: "", aloud: "" };
  return change > 0 ? { shown: words.changeMore(change), aloud: words.moreAloud(change) } : { shown: words.changeLess(-change), aloud: words.lessAloud(-change) };
}

interface RowProps {
  readonly row: BackupRow;
  readonly index: number;
  readonly isOpen: boolean;
  readonly isStop: boolean;
  readonly start: number;
  readonly height: number;
  readonly now: number;
  readonly onActive: (index: number) => void;
  readonly onOpen: (name: string) => void;
}

/** Drawn once: while the table scrolls, only the rows that come into view are new. */
const Row = memo(function Row({ row, index, isOpen, isStop, start, height, now, onActive, onOpen }: RowProps) {
  const { entry, check, kept } = row;
  const change = changeOf(row);
  return (
    <div
      role="row"
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      tabIndex={isStop ? 0 : -1}
      className="brow"
      style={{ transform: `translateY(${start}px)`, height }}
      onClick={() => {
        onActive(index);
        onOpen(entry.name);
      }}
      onFocus={() => onActive(index)}
    >
      <span role="gridcell" className="cut" title={fullTimeMade(entry)}>
        {whenMade(entry, now)}
      </span>
      <span role="gridcell" className="num b">
        {entry.accounts === null ? <span aria-label={words.unknownCount}>–</span> : number(entry.accounts)}
      </span>
      <span role="gridcell" className="num t2 hidec">
        <span aria-hidden="true">{change.shown}</span>
        <span className="vh">{change.aloud}</span>
      </span>
      <span role="gridcell" className="check-cell">
        <span className="fact">
          <span className={check.tone}>
            <Icon name={check.icon} />
          </span>
          <span className="check-word">{check.word}</span>
        </span>
      </span>
      <span role="gridcell" className="why cut" title={kept}>
        {kept}
      </span>
    </div>
  );
});

interface BackupTableProps {
  readonly rows: readonly BackupRow[];
  readonly openName: string | null;
  readonly now: number;
  readonly onOpen: (name: string) => void;
}

export function BackupTable({ rows, openName, now, onOpen }: BackupTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const typed = useRef({ text: "", at: Number.NEGATIVE_INFINITY });
  const moved = useRef(false);
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = (window.innerWidth < 1_100 ? NARROW_ROW_HEIGHT_REM : ROW_HEIGHT_REM) * root;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    rangeExtractor: (range) => rangeWith(active, range),
  });
  const current = Math.min(active, Math.max(0, rows.length - 1));

  useEffect(() => virtual.measure(), [virtual, height]);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${current}"]`)?.focus({ preventScroll: true });
  }, [current]);

  function move(to: number): void {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    moved.current = true;
    virtual.scrollToIndex(next);
    setActive(next);
  }

  function onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1, PageDown: current + PAGE, PageUp: current - PAGE };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
      return;
    }
    const row = rows[current];
    const isGoingOn = event.timeStamp - typed.current.at < TYPE_AHEAD_MS;
    // In the middle of a date a space is a part of it.
    if ((event.key === "Enter" || (event.key === " " && !isGoingOn)) && row !== undefined) {
      event.preventDefault();
      onOpen(row.entry.name);
      return;
    }
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    typed.current = { text: (isGoingOn ? typed.current.text : "") + event.key.toLowerCase(), at: event.timeStamp };
    const found = rows.findIndex((candidate) => whenMade(candidate.entry, now).toLowerCase().startsWith(typed.current.text));
    if (found >= 0) move(found);
  }

  return (
    <div className="grid-scroll" ref={scroller}>
      <div role="grid" aria-label={words.table} aria-rowcount={rows.length + 1} className="bgrid" onKeyDown={onKey}>
        <div role="row" aria-rowindex={1} className="bhead">
          <span role="columnheader">{words.head.when}</span>
          <span role="columnheader" className="num">
            {words.head.accounts}
          </span>
          <span role="columnheader" className="num hidec">
            {words.head.change}
          </span>
          <span role="columnheader">{words.head.checks}</span>
          <span role="columnheader" className="why">
            {words.head.kept}
          </span>
        </div>
        <div role="rowgroup" className="brows" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return <Row key={row.entry.name} row={row} index={index} isOpen={row.entry.name === openName} isStop={index === current} start={start} height={height} now={now} onActive={setActive} onOpen={onOpen} />;
          })}
        </div>
      </div>
    </div>
  );
}
