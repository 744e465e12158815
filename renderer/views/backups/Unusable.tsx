/** A backup that cannot be used: why, and which one to use instead. */
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import type { BackupEntry } from "../../../shared/model.ts";
import { openBackup } from "../../stores/place.ts";
import { en } from "../../strings/en.ts";
import { accounts } from "../../strings/words.ts";
import { whenMade } from "./when-made.ts";

const words = en.backups;

export function Unusable({ entry, instead, now }: { readonly entry: BackupEntry; readonly instead: BackupEntry | null; readonly now: number }) {
  const isDamaged = entry.state === "damaged";
  const title = isDamaged ? words.damaged.title : entry.state === "newer" ? words.newer.title : words.foreign.title;
  const other = instead?.at === undefined || instead.at === null ? words.damaged.noOther : words.damaged.hint(whenMade(instead, now), instead.accounts === null ? words.unknownCount.toLowerCase() : accounts(instead.accounts));
  const hint = isDamaged ? other : entry.state === "newer" ? words.newer.hint : words.foreign.hint;
  return (
    <div className="sec">
      <div className={isDamaged ? "note wiped" : "note"}>
        <Icon name="warning" />
        <div className="grow">
          <b>{title}</b>
          <p>{hint}</p>
          {isDamaged && instead !== null && (
            <div className="row wrap note-acts">
              <Button rank="primary" size="s" onClick={() => openBackup(instead.name)}>
                {words.damaged.action}
              </Button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
