/** One of the four steps: its mark, its facts, what to do while it is the current one. */
import type { ReactNode } from "react";
import { Icon } from "../../components/Icon.tsx";
import type { SiteView } from "../../../shared/model.ts";
import type { Operation, Overview } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";
import { clock } from "../../strings/words.ts";
import type { RedeployNotes } from "../../stores/redeploy-steps.ts";

export interface StepFacts {
  readonly site: SiteView;
  readonly notes: RedeployNotes;
  readonly overview: Overview | null;
  readonly running: Operation | null;
  readonly now: number;
  readonly isCurrent: (number: number) => boolean;
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly state: "done" | "now" | "future";
  readonly at?: string | null;
  readonly children?: ReactNode;
}

export function Step({ number, title, state, at = null, children }: StepProps) {
  const isNow = state === "now";
  return (
    <li className={`step ${state}`} aria-current={isNow ? "step" : undefined}>
      <span className="mk" aria-hidden="true">
        {state === "done" ? <Icon name="check" /> : number}
      </span>
      <div className={isNow ? "card nowcard" : undefined}>
        <div className="row step-head">
          <h2 className="grow">
            {state === "done" && <span className="vh">{en.redeploy.doneAloud}</span>}
            {title}
          </h2>
          {at !== null && <span className="t3 sm">{clock(at)}</span>}
        </div>
        {children}
      </div>
    </li>
  );
}
