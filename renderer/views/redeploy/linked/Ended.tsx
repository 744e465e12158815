/** How a redeploy at Render has ended: who is there, what is still to decide, or what went wrong and how to go on. */
import { Button } from "../../../components/Button.tsx";
import { HostErrorNote } from "../../../components/HostErrorNote.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { openLink } from "../../../flows/site-actions.ts";
import type { ErrorValue } from "../../../../shared/errors.ts";
import type { SiteView } from "../../../../shared/model.ts";
import type { Operation } from "../../../../shared/operations.ts";
import { dismissOperation } from "../../../stores/operations.ts";
import { goTo, openDialog } from "../../../stores/place.ts";
import { en } from "../../../strings/en.ts";
import { reportLines, type RedeployResult } from "./report-words.ts";
import { wasBegun } from "./stage.ts";

const words = en.render.redeploy;

/** Nobody can tell a mistake from a wish: both buttons look alike. */
function Deletions({ site, count }: { readonly site: SiteView; readonly count: number }) {
  const say = en.overview.actions;
  return (
    <>
      <Button size="s" onClick={() => openDialog({ kind: "fewer", siteId: site.id })}>
        {say.deletedOnPurpose}
      </Button>
      <Button size="s" icon="restore" onClick={() => openDialog({ kind: "restore", siteId: site.id, from: { kind: "newest" }, only: null })}>
        {say.bringBack(count)}
      </Button>
    </>
  );
}

function Remarks({ remarks }: Pick<RedeployResult, "remarks">) {
  if (remarks.length === 0) return null;
  return (
    <div className="note risk">
      <Icon name="warning" />
      <div className="grow">
        <b>{en.render.report.remarks}</b>
        {remarks.map((remark) => (
          <p key={remark}>{remark}</p>
        ))}
      </div>
    </div>
  );
}

/** What stands under the sentence of the last step. */
export function Report({ site, operation, result }: { readonly site: SiteView; readonly operation: Operation; readonly result: RedeployResult }) {
  const gone = result.missingIds.length;
  return (
    <>
      {gone > 0 && <p className="t2 sm">{en.overview.deletions.hint}</p>}
      {reportLines(result).map((line) => (
        <p key={line} className="t2 sm">
          {line}
        </p>
      ))}
      <Remarks remarks={result.remarks} />
      <div className="row wrap step-acts">
        {gone > 0 && <Deletions site={site} count={gone} />}
        <Button
          rank={gone > 0 ? "quiet" : "primary"}
          size={gone > 0 ? "s" : "m"}
          onClick={() => {
            dismissOperation(operation.id);
            goTo("overview");
          }}
        >
          {en.redeploy.four.finish}
        </Button>
      </div>
    </>
  );
}

interface FailedProps {
  readonly site: SiteView;
  readonly operation: Operation;
  /** Members of the newest backup that the last look has not found on the site. */
  readonly missing: number;
  readonly onStart: (resumeOnly: boolean) => void;
}

export function Failed({ site, operation, missing, onStart }: FailedProps) {
  const begun = wasBegun(operation);
  const cutShort: ErrorValue = { code: "CANCELLED", message: words.cutShort, hint: words.cutShortHint, retryable: true };
  const error = operation.error === null || operation.error.code === "CANCELLED" ? cutShort : operation.error;
  return (
    <HostErrorNote
      error={error}
      action={
        <>
          {error.code === "CONFIRMATION_NEEDED" && missing > 0 && <Deletions site={site} count={missing} />}
          <Button rank="primary" size="s" icon="again" onClick={() => onStart(begun)}>
            {begun ? words.goOn : words.again}
          </Button>
          {(begun || error.code === "DEPLOY_FAILED") && (
            <Button size="s" icon="open" onClick={() => void openLink("render")}>
              {words.openRender}
            </Button>
          )}
        </>
      }
    />
  );
}

/** Nothing was deployed. */
export function NotDeployed({ ending }: { readonly ending: "stopped" | "never_begun" }) {
  return (
    <p className="note" role="status">
      <Icon name="minus" />
      <span>{ending === "stopped" ? words.stopped : words.neverBegun}</span>
    </p>
  );
}
