/** On the Overview: what to do about the variable of a linked site. */
import type { ReactNode } from "react";
import { HostErrorNote } from "../../../components/HostErrorNote.tsx";
import type { HeldVariableView } from "../../../../shared/model.ts";
import { CheckButton, UpdateButton } from "./HeldActionButtons.tsx";
import { wantsUpdate } from "./held-words.ts";
import { useHeld } from "./use-held.ts";

interface HeldFootProps {
  readonly siteId: string;
  readonly held: HeldVariableView | null;
  /** What can be done besides. */
  readonly children: ReactNode;
}

export function HeldFoot({ siteId, held, children }: HeldFootProps) {
  const actions = useHeld(siteId);
  return (
    <>
      {actions.error !== null && <HostErrorNote error={actions.error} />}
      <div className="row wrap">
        {wantsUpdate(held) ? <UpdateButton actions={actions} /> : <CheckButton actions={actions} />}
        {children}
      </div>
    </>
  );
}
