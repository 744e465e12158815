/** What trying a source has shown: asking, waking, found, nothing there, refused. */
import { useId, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { ErrorNote } from "../../components/ErrorNote.tsx";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import type { useConnection } from "./use-connection.ts";
import { en } from "../../strings/en.ts";
import { isolated, number } from "../../strings/words.ts";

const words = en.firstRun;

interface ConnectionNoteProps {
  readonly tried: ReturnType<typeof useConnection>;
  readonly collection: string | null;
  readonly onCollection: (name: string) => void;
  /** Was it tried with one? */
  readonly hasKey: boolean;
  /** Takes the owner to the field of the key. */
  readonly onEnterKey: () => void;
}

export function ConnectionNote({ tried, collection, onCollection, hasKey, onEnterKey }: ConnectionNoteProps) {
  const { state, connection, error, operation } = tried;
  if (state === "testing") {
    const isWaking = operation?.progress?.phase === "waking";
    const slow = operation?.state === "running" && Date.now() - Date.parse(operation.startedAt) > 1_000 ? operation : null;
    return (
      <div className="note first" role="status">
        <Icon name={isWaking ? "moon" : "clock"} />
        <div className="grow">
          {/* The bar says it too. */}
          {(isWaking || slow === null) && <b>{isWaking ? words.waking.title : words.testing}</b>}
          {isWaking && <p>{words.waking.hint}</p>}
          {slow !== null && <ProgressBar operation={slow} label={words.testing} />}
        </div>
        <Button size="s" onClick={tried.stop}>
          {isWaking ? words.waking.stop : words.cancel}
        </Button>
      </div>
    );
  }
  if (state === "failed" && error !== null) {
    // Trying the same key again changes nothing; another one is tried as soon as it is typed.
    if (error.code === "KEY_REFUSED") {
      return (
        <ErrorNote
          error={{ ...error, message: words.keyWanted(hasKey) }}
          action={
            <Button rank="primary" size="s" icon="key" onClick={onEnterKey}>
              {words.enterKey}
            </Button>
          }
        />
      );
    }
    return (
      <ErrorNote
        error={error}
        action={
          <Button rank="primary" size="s" icon="again" onClick={tried.tryNow}>
            {en.frame.retry}
          </Button>
        }
      />
    );
  }
  if (connection === null) return null;
  return <Found key={connection.shown} connection={connection} collection={collection} onCollection={onCollection} />;
}

interface FoundProps {
  readonly connection: NonNullable<ReturnType<typeof useConnection>["connection"]>;
  readonly collection: string | null;
  readonly onCollection: (name: string) => void;
}

function Found({ connection, collection, onCollection }: FoundProps) {
  const [choosing, setChoosing] = useState(connection.suggested === null && connection.collections.length > 0);
  const id = useId();
  const chosen = connection.collections.find(({ name }) => name === collection) ?? null;
  const isEmpty = chosen === null ? connection.collections.length === 0 : chosen.records === 0;
  if (isEmpty && !choosing) {
    return (
      <div className="note safe" role="status">
        <Icon name="check_ring" />
        <span className="grow">
          <b>{words.noAccounts.title}</b>
          <br />
          {words.noAccounts.hint}
        </span>
      </div>
    );
  }
  const [before, middle, after] = words.collection(chosen?.name ?? "");
  return (
    <div className="note safe wrap" role="status">
      <Icon name="check_ring" />
      <span className="grow">
        <b>{chosen === null ? words.which : words.connected}</b>
        {chosen !== null && (
          <>
            <br />
            {before}
            <span className="mono">{middle}</span>
            {after}
            {chosen.looksLikeAccounts ? words.looksRight(chosen.records) : words.looksOdd(chosen.records)}
          </>
        )}
      </span>
      {!choosing && (
        <button type="button" className="link nb" onClick={() => setChoosing(true)}>
          {words.notThisOne}
        </button>
      )}
      {choosing && (
        <span className="pick">
          <label className="vh" htmlFor={id}>
            {words.which}
          </label>
          <select id={id} className="in" value={collection ?? ""} onChange={(event) => onCollection(event.currentTarget.value)}>
            {chosen === null && <option value="">{words.which}</option>}
            {connection.collections.map(({ name, records }) => (
              <option key={name} value={name}>{`${isolated(name)} (${number(records)})`}</option>
            ))}
          </select>
        </span>
      )}
    </div>
  );
}
