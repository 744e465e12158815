/** The head of a place: its name, one line, what belongs to its right. Gets the focus when the owner comes here. */
import type { ReactNode } from "react";

export function PageHead({ title, lead, children }: { readonly title: string; readonly lead?: ReactNode; readonly children?: ReactNode }) {
  return (
    <header className="head">
      <div className="grow">
        <h1 tabIndex={-1}>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </div>
      {children}
    </header>
  );
}
