/** May the variable be used, how full it is, and one click to copy it. */
import { Button } from "../../components/Button.tsx";
import { CopiedNote } from "../../components/CopiedNote.tsx";
import { Gauge } from "../../components/Gauge.tsx";
import { Icon } from "../../components/Icon.tsx";
import { copyVariable } from "../../flows/copy-variable.ts";
import { MAX_VARIABLE_ACCOUNTS } from "../../../shared/eligibility.ts";
import type { RenderLinkView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { useClipboard, useLastCopy } from "../../stores/clipboard.ts";
import { goTo } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { number } from "../../strings/words.ts";
import { isOutOfDate } from "../variable/copy-age.ts";
import { heldWords } from "../variable/held/held-words.ts";
import { HeldFoot } from "../variable/held/HeldFoot.tsx";
import { holdsEverybody } from "../../stores/site-state.ts";

const words = en.overview.variable;

interface VariableCardProps {
  readonly siteId: string;
  readonly overview: Overview;
  /** Its service at Render; null: what the host holds is not known. */
  readonly link: RenderLinkView | null;
  readonly blocked?: string | undefined;
}

export function VariableCard({ siteId, overview, link, blocked }: VariableCardProps) {
  const { busySiteId } = useClipboard();
  const isOld = isOutOfDate(useLastCopy(siteId), overview);
  const { eligibility, accounts, gauge } = overview;
  const isOver = accounts > MAX_VARIABLE_ACCOUNTS;
  const bytes = gauge.find(({ id }) => id === "linux")?.used ?? null;
  const isCopying = busySiteId === siteId;
  // What Render holds says more than what was copied last.
  const atRender = link?.hasKey === true && eligibility.eligible ? heldWords(link.variable) : null;
  const copy = (
    <Button icon="copy" blocked={isCopying ? en.variable.copying : blocked} onClick={() => void copyVariable(siteId)}>
      {isCopying ? en.variable.copying : words.copy}
    </Button>
  );
  return (
    <section className="card pad vcard" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
        {atRender !== null && atRender.short !== null ? (
          <span className={`chip ${atRender.tone} end`}>
            <Icon name={atRender.icon} />
            {atRender.short}
          </span>
        ) : eligibility.eligible && isOld ? (
          <span className="chip risk end">
            <Icon name="clock" />
            {words.outOfDate}
          </span>
        ) : eligibility.eligible ? (
          <span className="chip safe end">
            <Icon name="check" />
            {words.fits}
          </span>
        ) : (
          <span className="chip quiet end">
            <Icon name="minus" />
            {eligibility.reason === "no_accounts" ? words.notYet : words.notForThisSite}
          </span>
        )}
      </div>
      <div>
        <div className="row figures">
          <span className="big">{isOver ? number(accounts) : words.of(accounts)}</span>
          <span className="t2">{isOver ? words.limit : words.accounts}</span>
          {!isOver && bytes !== null && bytes > 0 && <span className="end sm t2">{words.kilobytes(bytes)}</span>}
        </div>
        <Gauge count={accounts} label={words.meterAloud(accounts)} />
      </div>
      <p className="sm t2">{atRender !== null ? atRender.text : eligibility.eligible ? (isOld ? words.textOutOfDate : accounts === MAX_VARIABLE_ACCOUNTS ? words.textFull : words.text) : isOver ? words.textNot(holdsEverybody(overview)) : eligibility.message}</p>
      <div className="vcard-foot">
        {eligibility.eligible ? (
          <>
            <CopiedNote siteId={siteId} />
            {link !== null && atRender !== null ? <HeldFoot siteId={siteId} held={link.variable}>{copy}</HeldFoot> : copy}
          </>
        ) : eligibility.reason === "no_accounts" ? null : (
          <Button onClick={() => goTo("variable")}>{words.instead}</Button>
        )}
      </div>
    </section>
  );
}
