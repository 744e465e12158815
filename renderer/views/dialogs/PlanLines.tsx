/** What a restore would do, in lines, with whom it is about. */
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { en } from "../../strings/en.ts";
import { masked, theBackupOf } from "../../strings/words.ts";
import type { RestorePlan } from "./use-restore.ts";

const words = en.dialogs.restore;
const MOST_SHOWN = 100;

interface PlanLinesProps {
  readonly plan: RestorePlan;
  readonly overwrite: boolean;
  readonly onOverwrite: (overwrite: boolean) => void;
}

function fromWhere({ from }: RestorePlan): string {
  if (from.at !== null && from.name !== null) return words.from(theBackupOf(from.at, Date.now()));
  return from.name === null ? words.fromPasted : words.fromFile(from.name);
}

export function PlanLines({ plan, overwrite, onOverwrite }: PlanLinesProps) {
  const [showsWho, setShowsWho] = useState(false);
  const count = plan.add + plan.overwrite;
  const ids = [...plan.addIds, ...plan.overwriteIds].slice(0, MOST_SHOWN);
  const notes = [
    ...(plan.otherOrigin !== null && count > 0 ? [words.otherOrigin(plan.otherOrigin)] : []),
    ...plan.passedOver.map(({ name, message }) => words.passedOver(name, message)),
    ...(plan.stopSiteFirst ? [words.stopSite] : []),
    ...(plan.collectionMissing ? [words.newCollection] : []),
    ...(plan.standInVectors > 0 ? [words.standIn(plan.standInVectors)] : []),
    ...(plan.problemCount > 0 ? [words.problems(plan.problemCount)] : []),
  ];
  return (
    <>
      <p>{count === 0 ? words.nobody : words.line(plan.add, plan.accountsOnSite - plan.overwrite, plan.overwrite, plan.safetyCopyFirst)}</p>
      <p className="sm">{fromWhere(plan)}</p>
      {(plan.leftAsTheyAre > 0 || overwrite) && <Checkbox checked={overwrite} onChange={(event) => onOverwrite(event.currentTarget.checked)} label={overwrite ? words.overwriteUnknown : words.overwrite(plan.leftAsTheyAre)} />}
      {notes.map((note) => (
        <p key={note} className="note">
          <Icon name="warning" />
          <span>{note}</span>
        </p>
      ))}
      {ids.length > 0 && (
        <div>
          <button type="button" className="link sm" aria-expanded={showsWho} onClick={() => setShowsWho(!showsWho)}>
            {words.who}
          </button>
          {showsWho && (
            <ul className="id-list mono" tabIndex={0} aria-label={words.who}>
              {ids.map((id) => (
                <li key={id}>{masked(id)}</li>
              ))}
              {count > ids.length && <li>{words.moreIds(count - ids.length)}</li>}
            </ul>
          )}
        </div>
      )}
    </>
  );
}
