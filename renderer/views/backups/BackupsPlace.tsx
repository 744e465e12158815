/** All backups of a site, with search; one opens beside them. */
import { Menu } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { SearchField } from "../../components/SearchField.tsx";
import { useNow } from "../../components/use-now.ts";
import { lookSoon } from "../../flows/look.ts";
import { loadBackups } from "../../flows/start-up.ts";
import { backUp, showFolder } from "../../flows/site-actions.ts";
import type { SiteView } from "../../../shared/model.ts";
import { useBackups } from "../../stores/backups.ts";
import { useRunningWrite } from "../../stores/operations.ts";
import { openBackup, openDialog, useOpenBackup } from "../../stores/place.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { size } from "../../strings/words.ts";
import { PageHead } from "../frame/Page.tsx";
import { LastBackup } from "../overview/Outcome.tsx";
import { BackupDetail } from "./BackupDetail.tsx";
import { BackupTable } from "./BackupTable.tsx";
import { backupRows } from "./kept-because.ts";
import { whenMade } from "./when-made.ts";

const words = en.backups;

function MoreMenu({ siteId }: { readonly siteId: string }) {
  const canShow = useCanShowFiles();
  return (
    <Menu position="bottom-end" withinPortal={false} floatingStrategy="fixed" trapFocus returnFocus withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="btn icon" aria-label={words.more}>
          <Icon name="more" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => openDialog({ kind: "inspect", siteId })}>{words.lookInside}</Menu.Item>
        <Menu.Item onClick={() => openDialog({ kind: "restore", siteId, from: null, only: null })}>{en.overview.actions.restore}</Menu.Item>
        {canShow && <Menu.Item onClick={() => void showFolder(siteId)}>{words.showFolder}</Menu.Item>}
        <Menu.Item onClick={() => openDialog({ kind: "prune", siteId })}>{words.prune}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function BackupsPlace({ site }: { readonly site: SiteView }) {
  const now = useNow(60_000);
  const [search, setSearch] = useState("");
  const { entries, error, loaded } = useBackups(site.id);
  const openName = useOpenBackup();
  const running = useRunningWrite(site.id);
  const body = useRef<HTMLDivElement>(null);
  const wasOpen = useRef<string | null>(null);
  const rows = useMemo(() => backupRows(entries, now), [entries, now]);
  const wanted = search.trim().toLowerCase();
  const found = useMemo(
    () => (wanted === "" ? rows : rows.filter(({ entry, check, kept }) => `${entry.at === null ? "" : whenMade(entry, now)} ${entry.name} ${check.word} ${kept} ${entry.accounts ?? ""}`.toLowerCase().includes(wanted))),
    [rows, wanted, now],
  );
  const open = rows.find(({ entry }) => entry.name === openName) ?? null;
  const bytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);

  useEffect(() => {
    void loadBackups(site.id);
  }, [site.id]);
  useEffect(() => {
    // In a narrow window the detail is a page of its own: going back goes to the row it came from.
    if (openName === null && wasOpen.current !== null) body.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus();
    wasOpen.current = openName;
  }, [openName]);

  return (
    <>
      <PageHead
        title={words.title}
        lead={
          loaded ? (
            <>
              {entries.length === 0 ? (error === null ? words.none : null) : words.lead(entries.length, size(bytes))}
              <span className="opt2">{words.leadMore}</span>
            </>
          ) : (
            words.loading
          )
        }
      >
        <SearchField label={words.search} value={search} onChange={setSearch} />
        <Button icon="backup" blocked={running === null ? undefined : en.frame.states.busy} onClick={() => void backUp(site.id)}>
          {words.backup}
        </Button>
        <MoreMenu siteId={site.id} />
      </PageHead>
      {error !== null && (
        <ErrorNote
          error={error}
          action={
            <Button
              size="s"
              icon="again"
              onClick={() => {
                void loadBackups(site.id);
                lookSoon(site.id);
              }}
            >
              {en.frame.retry}
            </Button>
          }
        />
      )}
      {error === null && <LastBackup site={site} />}
      <div className={open === null ? "bk" : "bk with-detail"} ref={body}>
        <section className="card tw" aria-label={words.table}>
          {loaded && entries.length === 0 && error !== null ? null : loaded && entries.length === 0 ? (
            <div className="nothing">
              <h2>{words.none}</h2>
              <p className="t2">{words.noneHint}</p>
              <Button rank="primary" icon="backup" blocked={running === null ? undefined : en.frame.states.busy} onClick={() => void backUp(site.id)}>
                {words.backup}
              </Button>
            </div>
          ) : loaded && found.length === 0 ? (
            <div className="nothing">
              <p>{words.nothingFound(search.trim())}</p>
              <Button onClick={() => setSearch("")}>{words.clear}</Button>
            </div>
          ) : (
            <BackupTable rows={found} openName={openName} now={now} onOpen={openBackup} />
          )}
        </section>
        {open !== null && <BackupDetail key={open.entry.name} site={site} row={open} entries={entries} now={now} />}
      </div>
    </>
  );
}
