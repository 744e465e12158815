/** May the variable be used, how full it is, and one click to copy it. */
import { Button } from "../../components/Button.tsx";
import { CopiedNote } from "../../components/CopiedNote.tsx";
import { Gauge } from "../../components/Gauge.tsx";
import { Icon } from "../../components/Icon.tsx";
import { copyVariable } from "../../flows/copy-variable.ts";
import { MAX_VARIABLE_ACCOUNTS } from "../../../shared/eligibility.ts";
import type { Overview } from "../../../shared/operations.ts";
import { useClipboard } from "../../stores/clipboard.ts";
import { goTo } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { number } from "../../strings/words.ts";

const words = en.overview.variable;

export function VariableCard({ siteId, overview, blocked }: { readonly siteId: string; readonly overview: Overview; readonly blocked?: string | undefined }) {
  const { busySiteId } = useClipboard();
  const { eligibility, accounts, gauge } = overview;
  const isOver = accounts > MAX_VARIABLE_ACCOUNTS;
  const bytes = gauge.find(({ id }) => id === "linux")?.used ?? null;
  const isCopying = busySiteId === siteId;
  return (
    <section className="card pad vcard" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
        {eligibility.eligible ? (
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
      <p className="sm t2">{eligibility.eligible ? (accounts === MAX_VARIABLE_ACCOUNTS ? words.textFull : words.text) : isOver ? words.textNot : eligibility.message}</p>
      <div className="vcard-foot">
        {eligibility.eligible ? (
          <>
            <CopiedNote siteId={siteId} />
            <Button icon="copy" blocked={isCopying ? en.variable.copying : blocked} onClick={() => void copyVariable(siteId)}>
              {isCopying ? en.variable.copying : words.copy}
            </Button>
          </>
        ) : (
          <Button onClick={() => goTo("variable")}>{words.instead}</Button>
        )}
      </div>
    </section>
  );
}
