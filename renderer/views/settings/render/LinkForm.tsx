/** From a key to a linked service: enter it, look through what it knows, pick one. The key is in this form's memory only, until it is linked. */
import { Checkbox, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { resultOf, runOperation } from "../../../api/operations.ts";
import { Button } from "../../../components/Button.tsx";
import { ErrorNote } from "../../../components/ErrorNote.tsx";
import { RadioRows } from "../../../components/RadioRows.tsx";
import { SearchField } from "../../../components/SearchField.tsx";
import { openLink } from "../../../flows/site-actions.ts";
import type { ErrorValue } from "../../../../shared/errors.ts";
import type { SiteView } from "../../../../shared/model.ts";
import { announce } from "../../../stores/announcer.ts";
import { useHost } from "../../../stores/settings.ts";
import { en } from "../../../strings/en.ts";
import { isWhole, matching, SEARCH_FROM, serviceLine } from "./services.ts";
import { useServices } from "./use-services.ts";

const words = en.render.link;

/** Tries a service with a key, and links it. Null: done. */
async function linkService(siteId: string, serviceId: string, apiKey: string, keepUnprotected: boolean): Promise<ErrorValue | null> {
  const run = await runOperation("link_service", { siteId, serviceId, keepUnprotected, ...(apiKey === "" ? {} : { apiKey }) });
  if (!run.ok) return run.error;
  const linked = resultOf(run.value, "link_service");
  if (linked !== null) announce(words.linked(linked.link.service.name));
  return run.value.error;
}

interface KeyFieldProps {
  readonly value: string;
  readonly hint: string;
  readonly onChange: (value: string) => void;
  readonly keepUnprotected: boolean;
  readonly onKeep: (keep: boolean) => void;
}

function KeyField({ value, hint, onChange, keepUnprotected, onKeep }: KeyFieldProps) {
  const host = useHost();
  const { keychain, secrets } = en.firstRun;
  return (
    <>
      <PasswordInput label={words.key} description={hint} autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.currentTarget.value.trim())} />
      {host !== null && <p className="t3 sm">{host.secrets === "plain" ? `${keychain.title} ${keychain.hint}` : secrets[host.secrets]}</p>}
      {host?.secrets === "plain" && <Checkbox label={keychain.keep} checked={keepUnprotected} onChange={(event) => onKeep(event.currentTarget.checked)} />}
    </>
  );
}

interface LinkFormProps {
  readonly site: SiteView;
  /** There is a key already: the field may stay empty. */
  readonly hasKey: boolean;
  readonly onLinked?: () => void;
}

export function LinkForm({ site, hasKey, onLinked }: LinkFormProps) {
  const [apiKey, setApiKey] = useState("");
  const [keepUnprotected, setKeepUnprotected] = useState(false);
  const [search, setSearch] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const [isLinking, setIsLinking] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);
  const services = useServices(site.id, apiKey, search);
  const { found } = services;
  const isMissing = apiKey === "" && !hasKey;

  function find(): void {
    if (isMissing || services.isAsking) return;
    setSearch("");
    setPicked(null);
    setError(null);
    services.ask();
  }

  async function link(serviceId: string): Promise<void> {
    setIsLinking(true);
    const failure = await linkService(site.id, serviceId, apiKey, keepUnprotected);
    setIsLinking(false);
    setError(failure);
    if (failure !== null) return;
    setApiKey("");
    services.forget();
    onLinked?.();
  }

  const shown = found === null ? [] : matching(found.services, search);
  return (
    <div className="stack link-form">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <KeyField
          value={apiKey}
          hint={hasKey ? words.keyKept : words.keyWhere}
          onChange={(value) => {
            setApiKey(value);
            services.forget();
          }}
          keepUnprotected={keepUnprotected}
          onKeep={setKeepUnprotected}
        />
        <div className="row wrap">
          <Button type="submit" icon="search" blocked={services.isAsking ? words.asking : isMissing ? words.enterKey : undefined}>
            {services.isAsking ? words.asking : words.find}
          </Button>
          <Button rank="quiet" icon="open" onClick={() => void openLink("render")}>
            {words.open}
          </Button>
        </div>
      </form>
      {services.error !== null && <ErrorNote error={services.error} />}
      {found !== null && (
        <>
          {(found.total >= SEARCH_FROM || search !== "") && <SearchField label={words.search} value={search} onChange={setSearch} withKey={false} />}
          {shown.length === 0 ? (
            <p className="t2 sm" role="status">
              {search === "" ? words.none : words.noMatch(search)}
            </p>
          ) : (
            <RadioRows
              label={words.services}
              value={picked}
              onChange={setPicked}
              rows={shown.map((service) => ({
                value: service.id,
                icon: "server" as const,
                title: service.name,
                hint: serviceLine(service),
                open: (
                  <Button rank="primary" icon="check" blocked={isLinking ? words.asking : undefined} onClick={() => void link(service.id)}>
                    {words.pick(service.name)}
                  </Button>
                ),
              }))}
            />
          )}
          {!isWhole(found) && <p className="t3 sm">{words.more(found.services.length, found.total)}</p>}
        </>
      )}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}

/** The key again, for a service that is linked already. */
export function KeyAgainForm({ site, serviceId }: { readonly site: SiteView; readonly serviceId: string }) {
  const [apiKey, setApiKey] = useState("");
  const [keepUnprotected, setKeepUnprotected] = useState(false);
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);

  async function save(): Promise<void> {
    if (apiKey === "" || isSaving) return;
    setIsSaving(true);
    const failure = await linkService(site.id, serviceId, apiKey, keepUnprotected);
    setIsSaving(false);
    setError(failure);
    if (failure === null) setApiKey("");
  }

  return (
    <form
      className="stack link-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="note risk">
        <div className="grow">
          <b>{words.keyMissing}</b>
          <p>{words.keyMissingHint}</p>
        </div>
      </div>
      <KeyField value={apiKey} hint={words.keyWhere} onChange={setApiKey} keepUnprotected={keepUnprotected} onKeep={setKeepUnprotected} />
      <div className="row">
        <Button type="submit" rank="primary" icon="key" blocked={isSaving ? words.asking : apiKey === "" ? words.enterKey : undefined}>
          {isSaving ? words.asking : words.saveKey}
        </Button>
      </div>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
}
