/** How much room is left, and on which hosts the value fits. */
import { Gauge, Meter } from "../../components/Gauge.tsx";
import { Icon } from "../../components/Icon.tsx";
import { hostGauge, MAX_VALUE_LENGTH, MAX_VARIABLE_ACCOUNTS, type HostGauge } from "../../../shared/eligibility.ts";
import type { Overview } from "../../../shared/operations.ts";
import { en } from "../../strings/en.ts";

const words = en.variable;
/** From here on a new account or two would not fit. */
const TIGHT = 0.6;

export function RoomCard({ overview }: { readonly overview: Overview }) {
  const { accounts, eligibility } = overview;
  const used = overview.gauge.find(({ id }) => id === "linux")?.used ?? 0;
  return (
    <section className="card pad vcard room" aria-label={words.room.title}>
      <div className="chead">
        <h2>{words.room.title}</h2>
      </div>
      <div>
        <div className="row figures">
          <span className="big">{words.room.of(accounts)}</span>
          <span className="t2">{words.room.accounts}</span>
        </div>
        <Gauge count={accounts} label={en.overview.variable.meterAloud(accounts)} />
      </div>
      {used > 0 && (
        <div>
          <div className="row figures">
            <span className="big">{words.room.kilobytes(used)}</span>
            <span className="t2">{words.room.most}</span>
          </div>
          <Meter share={used / MAX_VALUE_LENGTH} label={words.hosts.aloud(Math.round((used / MAX_VALUE_LENGTH) * 100))} />
        </div>
      )}
      <p className="sm t2">{eligibility.eligible && accounts === MAX_VARIABLE_ACCOUNTS ? eligibility.message : words.room.text}</p>
    </section>
  );
}

function Verdict({ gauge }: { readonly gauge: HostGauge }) {
  const { hosts } = words;
  if (!gauge.fits) {
    return (
      <span className="bad fact">
        <Icon name="close" />
        {hosts.tooBig}
      </span>
    );
  }
  return gauge.used / gauge.limit > TIGHT ? (
    <span className="warn fact">
      <Icon name="warning" />
      {hosts.tight}
    </span>
  ) : (
    <span className="ok fact">
      <Icon name="check" />
      {hosts.fits}
    </span>
  );
}

export function HostsCard({ overview }: { readonly overview: Overview }) {
  const { hosts } = words;
  const gauges = overview.gauge.length > 0 ? overview.gauge : hostGauge(0);
  return (
    <section className="card pad" aria-label={hosts.title}>
      <div className="chead">
        <h2>{hosts.title}</h2>
      </div>
      <table className="tbl host">
        <thead className="vh">
          <tr>
            <th scope="col">{hosts.host}</th>
            <th scope="col">{hosts.limit}</th>
            <th scope="col">{hosts.full}</th>
            <th scope="col">{hosts.fitsHead}</th>
          </tr>
        </thead>
        <tbody>
          {gauges.map((gauge) => (
            <tr key={gauge.id} title={gauge.note}>
              <th scope="row" className="b host-name">
                {gauge.host}
              </th>
              <td className="t2 num">{hosts.kilobytes(gauge.limit)}</td>
              <td className="meter-cell">
                <Meter share={gauge.used / gauge.limit} hot={gauge.used / gauge.limit > TIGHT} label={hosts.aloud(Math.round((gauge.used / gauge.limit) * 100))} />
              </td>
              <td className="num">
                <Verdict gauge={gauge} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="t3 xs hosts-note">{hosts.note}</p>
    </section>
  );
}
