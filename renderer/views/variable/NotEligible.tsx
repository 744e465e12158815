/** The variable is not for this site: nothing is lost, and these are the better ways. */
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { openLink, showFolder } from "../../flows/site-actions.ts";
import { MAX_VARIABLE_ACCOUNTS } from "../../../shared/eligibility.ts";
import type { SiteView } from "../../../shared/model.ts";
import type { Overview } from "../../../shared/operations.ts";
import { goTo } from "../../stores/place.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { shortDay } from "../../strings/words.ts";
import { holdsEverybody } from "../../stores/site-state.ts";

const words = en.variable.not;
/** Above this the cells would be thinner than the gaps. */
const MOST_CELLS = 60;

function Over({ count }: { readonly count: number }) {
  const beyond = Math.min(count, MOST_CELLS) - MAX_VARIABLE_ACCOUNTS;
  return (
    <div className="over-wrap">
      <div className="over" role="meter" aria-valuemin={0} aria-valuemax={MAX_VARIABLE_ACCOUNTS} aria-valuenow={MAX_VARIABLE_ACCOUNTS} aria-valuetext={words.meterAloud(count)} aria-label={words.meterAloud(count)}>
        {Array.from({ length: MAX_VARIABLE_ACCOUNTS }, (_, cell) => (
          <i key={cell} className="on" />
        ))}
        <span className="lim">
          <em>{words.limit}</em>
        </span>
        {Array.from({ length: Math.max(0, beyond) }, (_, cell) => (
          <i key={`x${cell}`} className="x" />
        ))}
      </div>
      <p className="sm t2 over-total">{words.total(count)}</p>
    </div>
  );
}

export function NotEligible({ site, overview }: { readonly site: SiteView; readonly overview: Overview }) {
  const { accounts, eligibility, newestBackup } = overview;
  const canShow = useCanShowFiles();
  const isOn = site.watching === "on" && site.settings.restoreAfterWipe;
  const rehearsal = newestBackup?.rehearsedAt === undefined || newestBackup.rehearsedAt === null ? "" : words.app.rehearsal(shortDay(newestBackup.rehearsedAt, Date.now()), newestBackup.rehearsedOk !== false);
  const [diskBefore, diskPath, diskAfter] = words.disk.text;
  const [fileBefore, fileAfter] = words.file.text;
  return (
    <>
      <section className="card hero not-eligible" aria-labelledby="not-say">
        <div className="top">
          <div className="state accent-state">
            <Icon name="variable" />
          </div>
          <div className="hero-words">
            <h2 className="say" id="not-say">
              {eligibility.message}
            </h2>
            <p className="hint">{accounts > MAX_VARIABLE_ACCOUNTS || eligibility.eligible ? words.tooMany(accounts, holdsEverybody(overview)) : eligibility.hint}</p>
            {accounts > MAX_VARIABLE_ACCOUNTS && <Over count={accounts} />}
          </div>
        </div>
      </section>
      <section className="card options">
        <div className="opt rec">
          <span className="ic">
            <Icon name="shield" />
          </span>
          <div className="grow">
            <div className="row wrap">
              <h2>{words.app.title}</h2>
              <span className={isOn ? "chip safe" : "chip quiet"}>
                <Icon name={isOn ? "check" : "minus"} />
                {isOn ? words.app.on : words.app.off}
              </span>
            </div>
            <p className="t2 sm">{words.app.text(accounts, isOn, rehearsal)}</p>
          </div>
          <Button rank="primary" icon="redeploy" onClick={() => goTo("redeploy")}>
            {words.app.action}
          </Button>
        </div>
        <div className="opt">
          <span className="ic">
            <Icon name="disk" />
          </span>
          <div className="grow">
            <h2>{words.disk.title}</h2>
            <p className="t2 sm">
              {diskBefore}
              <span className="mono path">{diskPath}</span>
              {diskAfter}
            </p>
          </div>
          <Button icon="open" onClick={() => void openLink("render_disks")}>
            {words.disk.action}
          </Button>
        </div>
        <div className="opt">
          <span className="ic">
            <Icon name="file" />
          </span>
          <div className="grow">
            <h2>{words.file.title}</h2>
            <p className="t2 sm">
              {fileBefore}
              <span className="mono path">{newestBackup?.name ?? words.file.newest}</span>
              {fileAfter}
            </p>
          </div>
          {canShow && newestBackup !== null && (
            <Button icon="folder" onClick={() => void showFolder(site.id, newestBackup.name)}>
              {words.file.action}
            </Button>
          )}
        </div>
      </section>
      <p className="t3 sm row">
        <Icon name="clock" small />
        {accounts > MAX_VARIABLE_ACCOUNTS ? words.again : words.againLater}
      </p>
    </>
  );
}
