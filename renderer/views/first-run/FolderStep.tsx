/** Step two: the site's name, the folder of its backups, a passphrase, whether to look after it. */
import { PasswordInput, Switch, TextInput } from "@mantine/core";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { usePickPath, type PickedPath } from "../../components/use-pick-path.tsx";
import { useHost } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";

const words = en.firstRun.folder;

export interface FolderEntry {
  readonly name: string;
  readonly vault: PickedPath | null;
  readonly locked: boolean;
  readonly passphrase: string;
  readonly watch: boolean;
  readonly keepUnprotected: boolean;
}

interface FolderStepProps {
  readonly entry: FolderEntry;
  readonly canBeWatched: boolean;
  /** A key or passphrase has to be kept somewhere. */
  readonly hasSecret: boolean;
  readonly onEntry: (change: Partial<FolderEntry>) => void;
}

export function FolderStep({ entry, canBeWatched, hasSecret, onEntry }: FolderStepProps) {
  const host = useHost();
  const { pick, picker } = usePickPath();
  const { keychain } = en.firstRun;
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      <p className="lead">{words.hint}</p>
      <div className="card pad stack first-fields">
        <TextInput label={words.name} value={entry.name} onChange={(event) => onEntry({ name: event.currentTarget.value })} />
        <div>
          <span className="f-label">{words.folder}</span>
          <div className="row wrap">
            <Icon name="folder" />
            <span className="grow path mono">{entry.vault?.shown ?? host?.suggestedVault ?? ""}</span>
            <Button size="s" onClick={() => void pick("vault").then((vault) => vault !== null && onEntry({ vault }))}>
              {words.change}
            </Button>
          </div>
        </div>
        {canBeWatched && <Switch withThumbIndicator={false} label={words.watch} description={words.watchHint} checked={entry.watch} onChange={(event) => onEntry({ watch: event.currentTarget.checked })} />}
        <Switch withThumbIndicator={false} label={words.lock} description={words.lockHint} checked={entry.locked} onChange={(event) => onEntry({ locked: event.currentTarget.checked })} />
        {entry.locked && <PasswordInput label={words.passphrase} autoComplete="new-password" value={entry.passphrase} onChange={(event) => onEntry({ passphrase: event.currentTarget.value })} />}
      </div>
      {host?.secrets === "plain" && (hasSecret || entry.locked) && (
        <div className="note risk keychain" role="group" aria-label={keychain.title}>
          <Icon name="key" />
          <div className="grow">
            <b>{keychain.title}</b>
            <p>{keychain.hint}</p>
            <div className="row wrap note-acts">
              <Button size="s" aria-pressed={!entry.keepUnprotected} icon={entry.keepUnprotected ? "minus" : "check"} onClick={() => onEntry({ keepUnprotected: false })}>
                {keychain.ask}
              </Button>
              <Button size="s" aria-pressed={entry.keepUnprotected} icon={entry.keepUnprotected ? "check" : "minus"} onClick={() => onEntry({ keepUnprotected: true })}>
                {keychain.keep}
              </Button>
            </div>
          </div>
        </div>
      )}
      {picker}
    </>
  );
}
