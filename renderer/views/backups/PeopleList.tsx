/** Who is missing or changed, as far as the comparison tells: masked until asked, ticked to be brought back. Virtual. */
import { SegmentedControl } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { en } from "../../strings/en.ts";
import { masked, maskedAloud } from "../../strings/words.ts";
import type { Diff } from "./use-diff.ts";

const words = en.backups.detail;
const ROW_REM = 2.5;

interface PeopleListProps {
  readonly diff: Diff;
  readonly chosen: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

export function PeopleList({ diff, chosen, onToggle }: PeopleListProps) {
  const [showsEmails, setShowsEmails] = useState(false);
  const [shown, setShown] = useState<"missing" | "changed">("missing");
  const scroller = useRef<HTMLDivElement>(null);
  const changed = diff.changed.map(({ id }) => id);
  const people = shown === "missing" ? [...diff.missing, ...changed] : changed;
  const missing = new Set(diff.missing);
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const virtual = useVirtualizer({ count: people.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_REM * root, overscan: 6 });
  const hasAddresses = people.some((id) => masked(id) !== id);
  return (
    <>
      <div className="sec row tabrow">
        <SegmentedControl
          aria-label={words.people}
          value={shown}
          onChange={(value) => setShown(value === "changed" ? "changed" : "missing")}
          data={[
            { value: "missing", label: words.missingFirst },
            { value: "changed", label: words.changedToo },
          ]}
        />
        {hasAddresses && (
          <Button rank="quiet" size="s" icon="eye" className="end" aria-pressed={showsEmails} onClick={() => setShowsEmails(!showsEmails)}>
            {showsEmails ? words.hideEmails : words.showEmails}
          </Button>
        )}
      </div>
      <div className="ppl" ref={scroller} tabIndex={0} role="region" aria-label={words.people}>
        <ul style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, size }) => {
            const id = people[index];
            if (id === undefined) return null;
            const isMissing = missing.has(id);
            return (
              <li key={id} style={{ transform: `translateY(${start}px)`, height: size }}>
                <label className="row grow">
                  <input type="checkbox" className="check" checked={chosen.has(id)} onChange={() => onToggle(id)} aria-label={words.pickAloud(showsEmails ? id : maskedAloud(id))} />
                  <span className="grow cut">{showsEmails ? id : masked(id)}</span>
                </label>
                <span className={isMissing ? "tag wiped" : "tag risk"}>{isMissing ? words.tagMissing : words.tagChanged}</span>
              </li>
            );
          })}
        </ul>
        {diff.counts.same > 0 && <p className="t2 sm ppl-note">{words.peopleNote(diff.counts.same)}</p>}
      </div>
    </>
  );
}
