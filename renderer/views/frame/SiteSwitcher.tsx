/** Which site is shown, and the way to another: worst first, with search from eight sites. */
import { Combobox, useCombobox } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { useNow } from "../../components/use-now.ts";
import { unseen, useLooks, useLook, type Look } from "../../stores/looks.ts";
import { useRunningWrite } from "../../stores/operations.ts";
import { goTo } from "../../stores/place.ts";
import { selectSite, useCurrentSite, useSites } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { initial, shortWhen } from "../../strings/words.ts";
import type { SiteView } from "../../../shared/model.ts";
import { bySeverity, stateOf } from "../../stores/site-state.ts";
import { useStory } from "../overview/use-story.ts";
import { badgeOf } from "./state-badge.ts";

const SEARCH_FROM = 8;
const ADD = "add";
const TINTS = ["", "sea", "moss", "clay"];

interface OptionProps {
  readonly site: SiteView;
  readonly look: Look;
  readonly now: number;
}

function Avatar({ site }: { readonly site: SiteView }) {
  const tint = TINTS[Array.from({ length: site.id.length }, (_, index) => site.id.charCodeAt(index)).reduce((sum, code) => sum + code, 0) % TINTS.length];
  return (
    <span className={`ava ${tint ?? ""}`} aria-hidden="true">
      {initial(site.name)}
    </span>
  );
}

function Badge({ site, look, now }: OptionProps) {
  const badge = badgeOf(look, useRunningWrite(site.id), useStory(site.id, now) !== null);
  return (
    <small>
      <span className={badge.tone}>
        <Icon name={badge.icon} />
      </span>
      <span className={`${badge.tone} b`}>{badge.word}</span>
      <span className="cut cnt">{badge.count}</span>
    </small>
  );
}

function Option({ site, look, now }: OptionProps) {
  const newest = look.overview?.newestBackup ?? null;
  return (
    <Combobox.Option value={site.id} className="site-option">
      <Avatar site={site} />
      <span className="grow site-words">
        <b className="cut">{site.name}</b>
        <Badge site={site} look={look} now={now} />
        <span className="t3 xs cut">{newest?.at === undefined || newest.at === null ? en.frame.noBackup : en.frame.newestBackup(shortWhen(newest.at, now))}</span>
      </span>
    </Combobox.Option>
  );
}

export function SiteSwitcher() {
  const sites = useSites() ?? [];
  const current = useCurrentSite();
  const looks = useLooks();
  const look = useLook(current?.id ?? null);
  const now = useNow(60_000);
  const [search, setSearch] = useState("");
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch("");
    },
    onDropdownOpen: () => {
      if (sites.length >= SEARCH_FROM) combobox.focusSearchInput();
    },
  });
  if (current === null) return null;
  const found = sites
    .filter((site) => site.name.toLowerCase().includes(search.trim().toLowerCase()))
    .toSorted((a, b) => bySeverity(stateOf(looks[a.id] ?? unseen), stateOf(looks[b.id] ?? unseen)));
  return (
    <Combobox
      store={combobox}
      position="bottom-start"
      width={288}
      offset={4}
      withinPortal={false}
      floatingStrategy="fixed"
      onOptionSubmit={(value) => {
        combobox.closeDropdown();
        if (value === ADD) goTo("add_site");
        else selectSite(value);
      }}
    >
      <Combobox.Target targetType="button">
        <button type="button" className="switch" onClick={() => combobox.toggleDropdown()}>
          <span className="vh">{en.frame.site}</span>
          <Avatar site={current} />
          <span className="grow site-words">
            <b className="cut">{current.name}</b>
            <Badge site={current} look={look} now={now} />
          </span>
          <span className="t3">
            <Icon name="up_down" small />
          </span>
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {sites.length >= SEARCH_FROM && <Combobox.Search value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder={en.frame.searchSites} aria-label={en.frame.searchSites} />}
        <Combobox.Options aria-label={en.frame.sites} className="site-options" tabIndex={0}>
          {found.map((site) => (
            <Option key={site.id} site={site} look={looks[site.id] ?? unseen} now={now} />
          ))}
          {found.length === 0 && <Combobox.Empty>{en.frame.noSite(search)}</Combobox.Empty>}
          <Combobox.Option value={ADD} className="site-option add">
            <Icon name="plus" />
            {en.frame.addSite}
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
