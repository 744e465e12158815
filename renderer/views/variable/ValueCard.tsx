/** The value: hidden, shown for 30 seconds when asked, copied in one of three forms. */
import { SegmentedControl } from "@mantine/core";
import { useEffect, useState } from "react";
import { call } from "../../api/bridge.ts";
import { Button } from "../../components/Button.tsx";
import { CopiedNote } from "../../components/CopiedNote.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Fact } from "../../components/Tally.tsx";
import { copyVariable, inForm } from "../../flows/copy-variable.ts";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { useClipboard, type VariableForm } from "../../stores/clipboard.ts";
import type { Look } from "../../stores/looks.ts";
import { en } from "../../strings/en.ts";
import { sinceWhen } from "../../strings/words.ts";

const words = en.variable;
const SHOWN_MS = 30_000;
const HIDDEN = "•".repeat(400);

interface ValueCardProps {
  readonly site: SiteView;
  readonly look: Look;
  readonly overview: Overview;
}

/** In this component's memory only, for 30 seconds, until the window loses the focus. */
function useReveal(siteId: string) {
  const [value, setValue] = useState<string | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [isReading, setIsReading] = useState(false);
  useEffect(() => {
    if (value === null) return;
    const hide = (): void => setValue(null);
    const timer = setTimeout(hide, SHOWN_MS);
    window.addEventListener("blur", hide);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("blur", hide);
    };
  }, [value]);
  async function reveal(): Promise<void> {
    setIsReading(true);
    const answer = await call("variable.reveal", { siteId });
    setIsReading(false);
    setValue(answer.ok ? answer.value.value : null);
    setError(answer.ok ? null : answer.error);
  }
  return { value, error, isReading, reveal, hide: () => setValue(null) };
}

export function ValueCard({ site, look, overview }: ValueCardProps) {
  const [form, setForm] = useState<VariableForm>("value");
  const { value, error, isReading, reveal, hide } = useReveal(site.id);
  const { busySiteId } = useClipboard();
  const { eligibility } = overview;
  const length = overview.gauge[0]?.used ?? 0;
  const blocked = eligibility.eligible ? undefined : overview.state === "wiped" ? words.wiped.title : eligibility.message;
  const isCopying = busySiteId === site.id;
  const isWiped = overview.state === "wiped";
  return (
    <section className="card pad vcard" aria-label={words.name}>
      <div className="chead wrap">
        <h2 className="mono">{words.name}</h2>
        {eligibility.eligible && (
          <span className="end sm t2">
            {look.trouble === null && !look.fromBefore ? <Fact icon="check_ring" tone="ok" text={words.same(sinceWhen(overview.checkedAt, Date.now()))} /> : <Fact icon="clock" text={words.asOf(sinceWhen(overview.checkedAt, Date.now()))} />}
          </span>
        )}
      </div>
      {eligibility.eligible && value === null && (
        <div className="val">
          <span className="vh">{length > 0 ? words.hiddenAloud(length) : words.hidden}</span>
          <span aria-hidden="true">{HIDDEN}</span>
          <button type="button" className="hid" aria-disabled={isReading} onClick={() => !isReading && void reveal()}>
            <Icon name="eye" />
            {isReading ? words.showing : words.show}
          </button>
        </div>
      )}
      {eligibility.eligible && value !== null && (
        <>
          <div className="val shown" tabIndex={0} role="region" aria-label={words.shown}>
            {inForm(value, form)}
          </div>
          <Button size="s" icon="eye" className="hide-value" onClick={hide}>
            {words.hide}
          </Button>
        </>
      )}
      {error !== null && <ErrorNote error={error} />}
      <div className="row wrap copy-row">
        <SegmentedControl
          aria-label={words.copyAs}
          value={form}
          onChange={(next) => setForm(next === "name_value" || next === "dotenv" ? next : "value")}
          data={[
            { value: "value", label: words.forms.value },
            { value: "name_value", label: words.forms.name_value },
            { value: "dotenv", label: words.forms.dotenv },
          ]}
        />
        <Button rank="primary" size="l" icon="copy" className="end" blocked={isCopying ? words.copying : blocked} onClick={() => void copyVariable(site.id, form)}>
          {isCopying ? words.copying : words.copy}
        </Button>
      </div>
      {!eligibility.eligible && (
        <p className="note">
          <Icon name="clock" />
          <span>
            <b>{isWiped ? words.wiped.title : eligibility.message}</b> {isWiped ? words.wiped.hint : eligibility.hint}
          </span>
        </p>
      )}
      <CopiedNote siteId={site.id} />
    </section>
  );
}
