/** "What is in your dashboard now?": paste it, and we say whether it is whole and current. */
import { useEffect, useId, useRef, useState } from "react";
import { call } from "../../api/bridge.ts";
import { cancelOperation, resultOf, runOperation } from "../../api/operations.ts";
import { Icon } from "../../components/Icon.tsx";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { announce } from "../../stores/announcer.ts";
import { en } from "../../strings/en.ts";
import { verdictOf, type Verdict } from "./check-verdict.ts";

const words = en.variable.check;
const TYPING_STOPS_MS = 400;

export function CheckCard({ site, overview }: { readonly site: SiteView; readonly overview: Overview | null }) {
  const id = useId();
  const [text, setText] = useState("");
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [isLooking, setIsLooking] = useState(false);
  const turn = useRef(0);
  const hasSite = overview !== null;

  useEffect(() => {
    turn.current += 1;
    const mine = turn.current;
    setVerdict(null);
    setIsLooking(text.trim() !== "");
    if (text.trim() === "") return;
    let operationId: string | null = null;
    const show = (next: Verdict): void => {
      setVerdict(next);
      setIsLooking(false);
      announce(`${next.title} ${next.hint}`);
    };
    const timer = setTimeout(() => {
      void (async () => {
        const held = await call("variable.inspect", { text });
        if (mine !== turn.current) return;
        if (!held.ok) {
          show({ tone: "wiped", title: held.error.message, hint: held.error.hint ?? "" });
          return;
        }
        const run = hasSite
          ? await runOperation("diff", { siteId: site.id, left: { kind: "variable", text }, right: { kind: "site" } }, (started) => {
              operationId = started;
            })
          : null;
        if (mine !== turn.current) return;
        const compareError = run === null ? null : run.ok ? run.value.error : run.error;
        show(verdictOf(held.value, run?.ok === true ? resultOf(run.value, "diff") : null, compareError));
      })();
    }, TYPING_STOPS_MS);
    return () => {
      clearTimeout(timer);
      if (operationId !== null) void cancelOperation(operationId);
    };
  }, [text, site.id, hasSite]);

  return (
    <section className="card pad col" aria-label={words.title}>
      <div className="chead">
        <h2>{words.title}</h2>
      </div>
      <p className="t2 sm check-text">{words.text}</p>
      <div className="pst">
        <label className="vh" htmlFor={id}>
          {words.label}
        </label>
        <textarea id={id} className="paste" spellCheck={false} autoComplete="off" value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {verdict === null ? (
          <div className="note">
            <Icon name="clock" />
            <span>{isLooking ? words.looking : words.waiting}</span>
          </div>
        ) : (
          <div className={`note ${verdict.tone}`}>
            <Icon name={verdict.tone === "safe" ? "check_ring" : verdict.tone === "risk" ? "clock" : "warning"} />
            <span>
              <b>{verdict.title}</b>
              <br />
              {verdict.hint}
            </span>
          </div>
        )}
      </div>
    </section>
  );
}
