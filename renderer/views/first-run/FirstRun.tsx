/** The first run, and adding another site: find the accounts, choose a folder, first backup. Under a minute. */
import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { emptyKey } from "../../components/key-draft.ts";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Mark } from "../../components/Mark.tsx";
import type { CommandInput } from "../../../shared/contract.ts";
import { goTo } from "../../stores/place.ts";
import { dropNotice, useHost, useNotices } from "../../stores/settings.ts";
import { selectSite } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { nameFor, sourceOf, type SourceEntry } from "./draft.ts";
import { FirstStep } from "./FirstStep.tsx";
import { FolderStep, type FolderEntry } from "./FolderStep.tsx";
import { SourceStep } from "./SourceStep.tsx";
import { useConnection } from "./use-connection.ts";

const words = en.firstRun;
const USUAL_COLLECTION = "users";

const noSource: SourceEntry = { kind: "server", url: "", key: emptyKey, cloudKey: "", folder: null, tenant: "", database: "", pasted: "" };
const noFolder: FolderEntry = { name: "", vault: null, locked: false, passphrase: "", watch: true, keepUnprotected: false };

type Step = 0 | 1 | 2;

function Pane({ step }: { readonly step: Step }) {
  return (
    <aside className="pane" aria-label={words.stepsLabel}>
      <svg className="deco" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <path d="M5 16H10.34A6 6 0 0 0 21.66 16H27A11 11 0 0 1 5 16Z" fill="#55214A" />
        <circle cx="16" cy="13.4" r="4" fill="#6A2C5A" />
      </svg>
      <Mark light />
      <h2>{words.promise}</h2>
      <p>{words.promiseText}</p>
      <ol className="prog">
        {words.steps.map((name, index) => (
          <li key={name} className={index === step ? "cur" : index < step ? "past" : undefined} aria-current={index === step ? "step" : undefined}>
            <span className="mk">{index < step ? <Icon name="check" small /> : index + 1}</span>
            {name}
          </li>
        ))}
      </ol>
    </aside>
  );
}

export function FirstRun({ isFirst: startedFirst }: { readonly isFirst: boolean }) {
  // Once the site is added there is one: the words of the first run stay to its end.
  const [isFirst] = useState(startedFirst);
  const [step, setStep] = useState<Step>(0);
  const [source, setSource] = useState(noSource);
  const [folder, setFolder] = useState(noFolder);
  const [picked, setPicked] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const host = useHost();
  const notices = useNotices();
  const draft = sourceOf(source);
  const tried = useConnection(draft, source.kind !== "demo");
  const collection = picked ?? tried.connection?.suggested ?? (tried.connection?.collections.length === 0 ? USUAL_COLLECTION : null);
  const isDemo = source.kind === "demo";
  const isReady = isDemo || (draft !== null && tried.state === "works" && collection !== null);
  const hasSecret = (source.kind === "server" && source.key.secret !== "") || source.kind === "cloud";

  useEffect(() => {
    goTo("add_site");
  }, []);
  useEffect(() => {
    main.current?.querySelector<HTMLElement>("h1")?.focus();
    document.title = `${words.steps[step]} · ${en.frame.product}`;
  }, [step]);

  function forward(): void {
    if (!isReady) return;
    if (isDemo) {
      setFolder({ ...noFolder, name: words.demoName });
      setStep(2);
      return;
    }
    if (step === 0) setFolder((before) => ({ ...before, name: before.name === "" ? nameFor(source, "My site") : before.name }));
    setStep(step === 0 ? 1 : 2);
  }

  const isFolderReady = folder.name.trim() !== "" && (!folder.locked || folder.passphrase !== "");
  const request: CommandInput<"site.add"> | null =
    draft === null
      ? null
      : {
          name: folder.name.trim(),
          source: draft,
          collectionName: collection ?? USUAL_COLLECTION,
          ...(folder.vault === null ? {} : { vault: folder.vault.token }),
          ...(folder.locked ? { passphrase: folder.passphrase } : {}),
          settings: source.kind === "folder" ? { watch: false } : { watch: folder.watch, restoreAfterWipe: folder.watch },
          keepUnprotected: folder.keepUnprotected,
        };

  return (
    <div className="fr">
      <Pane step={step} />
      <main className="form" ref={main}>
        <div className="bar" aria-hidden="true" />
        <div className="fbody">
          {notices.map((notice, index) => (
            <ErrorNote key={`${notice.code}${index}`} error={notice} onDismiss={() => dropNotice(notice)} />
          ))}
          {step === 0 && (
            <SourceStep
              entry={source}
              onEntry={(change) => {
                setSource((before) => ({ ...before, ...change }));
                setPicked(null);
              }}
              tried={tried}
              collection={collection}
              onCollection={setPicked}
            />
          )}
          {step === 1 && <FolderStep entry={folder} canBeWatched={source.kind !== "folder"} hasSecret={hasSecret} onEntry={(change) => setFolder((before) => ({ ...before, ...change }))} />}
          {step === 2 && request !== null && (
            <FirstStep
              request={request}
              onAdded={() => goTo("add_site")}
              onBack={() => setStep(isDemo ? 0 : 1)}
              onDone={(siteId) => {
                selectSite(siteId);
                goTo("overview");
              }}
            />
          )}
        </div>
        {step < 2 && (
          <div className="ffoot">
            <span className="t3 sm grow row">
              {hasSecret && host !== null && (
                <>
                  <Icon name="lock" small />
                  {words.secrets[host.secrets]}
                </>
              )}
            </span>
            {step === 1 && (
              <Button size="l" icon="backward" onClick={() => setStep(0)}>
                {words.back}
              </Button>
            )}
            {step === 0 && !isFirst && (
              <Button size="l" onClick={() => goTo("overview")}>
                {words.cancel}
              </Button>
            )}
            <Button size="l" rank="primary" iconAfter="forward" blocked={step === 0 ? (isReady ? undefined : words.source.title) : isFolderReady ? undefined : words.folder.name} onClick={forward}>
              {isDemo && step === 0 ? words.startDemo : words.continue}
            </Button>
          </div>
        )}
      </main>
    </div>
  );
}
