/** Step one: where does the site keep its accounts? Five sources as rows, tried while they are entered. */
import { PasswordInput, TextInput } from "@mantine/core";
import { useRef, useState, type ReactNode } from "react";
import { Button } from "../../components/Button.tsx";
import { KeyFields } from "../../components/KeyFields.tsx";
import { RadioRows, type RadioRow } from "../../components/RadioRows.tsx";
import { usePickPath } from "../../components/use-pick-path.tsx";
import { en } from "../../strings/en.ts";
import { ConnectionNote } from "./ConnectionNote.tsx";
import type { SourceEntry, SourceKind } from "./draft.ts";
import { FileSource } from "./FileSource.tsx";
import type { useConnection } from "./use-connection.ts";

const words = en.firstRun;

interface SourceStepProps {
  readonly entry: SourceEntry;
  readonly onEntry: (change: Partial<SourceEntry>) => void;
  readonly tried: ReturnType<typeof useConnection>;
  readonly collection: string | null;
  readonly onCollection: (name: string) => void;
}

export function SourceStep({ entry, onEntry, tried, collection, onCollection }: SourceStepProps) {
  const [showsMore, setShowsMore] = useState(false);
  const { pick, picker } = usePickPath();
  const keyField = useRef<HTMLInputElement>(null);
  function enterKey(): void {
    keyField.current?.focus();
    keyField.current?.select();
  }
  const note = <ConnectionNote tried={tried} collection={collection} onCollection={onCollection} hasKey={entry.kind === "cloud" || entry.key.secret !== ""} onEnterKey={enterKey} />;
  const names = showsMore ? (
    <div className="fields two-fields">
      <TextInput label={words.source.tenant} value={entry.tenant} onChange={(event) => onEntry({ tenant: event.currentTarget.value })} />
      <TextInput label={words.source.database} value={entry.database} onChange={(event) => onEntry({ database: event.currentTarget.value })} />
      {entry.kind === "server" && <KeyFields value={entry.key} withKey={false} onChange={(key) => onEntry({ key })} />}
    </div>
  ) : (
    <button type="button" className="link sm more-link" onClick={() => setShowsMore(true)}>
      {words.source.more}
    </button>
  );
  const opens: Record<SourceKind, ReactNode> = {
    server: (
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          tried.tryNow();
        }}
      >
        <div className="flds">
          <TextInput label={words.source.address} placeholder={words.source.addressExample} autoComplete="off" spellCheck={false} inputMode="url" value={entry.url} onChange={(event) => onEntry({ url: event.currentTarget.value })} />
          <PasswordInput ref={keyField} label={words.source.key} autoComplete="off" value={entry.key.secret} onChange={(event) => onEntry({ key: { ...entry.key, secret: event.currentTarget.value } })} />
        </div>
        <button type="submit" className="vh" tabIndex={-1}>
          {words.source.test}
        </button>
        {note}
        {names}
      </form>
    ),
    cloud: (
      <div className="stack">
        <PasswordInput ref={keyField} label={words.source.cloudKey} autoComplete="off" value={entry.cloudKey} onChange={(event) => onEntry({ cloudKey: event.currentTarget.value })} />
        {note}
        {names}
      </div>
    ),
    folder: (
      <div className="stack">
        <div className="row wrap">
          <Button icon="folder" onClick={() => void pick("data_folder").then((folder) => folder !== null && onEntry({ folder }))}>
            {words.source.pickFolder}
          </Button>
          {entry.folder !== null && <span className="sm t2 path">{words.source.picked(entry.folder.shown)}</span>}
        </div>
        {note}
        {names}
      </div>
    ),
    file: <FileSource text={entry.pasted} onText={(pasted) => onEntry({ pasted })} />,
    demo: <p className="t2">{words.source.demoText}</p>,
  };
  const icons = { server: "server", cloud: "cloud", folder: "folder", file: "file", demo: "play" } as const;
  const kinds: readonly SourceKind[] = ["server", "cloud", "folder", "file", "demo"];
  const rows = kinds.map((kind): RadioRow<SourceKind> => {
    const [title, hint] = words.source.kinds[kind];
    return { value: kind, icon: icons[kind], title, hint, open: opens[kind] };
  });
  return (
    <>
      <h1 tabIndex={-1}>{words.source.title}</h1>
      <p className="lead">{words.source.hint}</p>
      <RadioRows label={words.source.title} rows={rows} value={entry.kind} onChange={(kind) => onEntry({ kind })} />
      {picker}
    </>
  );
}
