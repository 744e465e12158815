/** Where shall the accounts come from: the newest backup, another, a file, a pasted variable. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { RadioRows, type RadioRow } from "../../components/RadioRows.tsx";
import { usePickPath } from "../../components/use-pick-path.tsx";
import type { From } from "../../../shared/operations.ts";
import { newestOf, useBackups } from "../../stores/backups.ts";
import { lookOf } from "../../stores/looks.ts";
import { closeDialog, goTo } from "../../stores/place.ts";
import { selectSite } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";
import { accounts, when } from "../../strings/words.ts";

const words = en.dialogs.restore;
type Choice = "newest" | "another" | "file" | "pasted";

export function ChooseFrom({ siteId, onChosen }: { readonly siteId: string; readonly onChosen: (from: From) => void }) {
  // Also of a site that has not answered yet; one that is locked is asked about when it is chosen.
  const { entries } = useBackups(siteId);
  const newest = lookOf(siteId).overview?.newestBackup ?? newestOf(entries) ?? entries.find(({ shelf, state }) => shelf === "normal" && state === "locked") ?? null;
  const [choice, setChoice] = useState<Choice>(newest === null ? "file" : "newest");
  const [text, setText] = useState("");
  const [file, setFile] = useState<{ token: string; shown: string } | null>(null);
  const { pick, picker } = usePickPath();
  const rows: readonly RadioRow<Choice>[] = [
    { value: "newest", icon: "backups", title: words.newest, hint: newest === null ? words.newestNone : [newest.at === null ? newest.name : when(newest.at, Date.now()), ...(newest.accounts === null ? [] : [accounts(newest.accounts)])].join(", ") },
    { value: "another", icon: "activity", title: words.another, hint: words.anotherHint },
    {
      value: "file",
      icon: "file",
      title: words.file,
      hint: file?.shown ?? words.fileHint,
      open: (
        <Button size="s" icon="folder" onClick={() => void pick("backup_file").then((chosen) => chosen !== null && setFile(chosen))}>
          {words.pickFile}
        </Button>
      ),
    },
    {
      value: "pasted",
      icon: "variable",
      title: words.pasted,
      hint: words.pastedHint,
      open: <Textarea label={words.pastedLabel} autosize={false} rows={3} spellCheck={false} value={text} onChange={(event) => setText(event.currentTarget.value)} classNames={{ input: "mono" }} />,
    },
  ];
  function go(): void {
    if (choice === "newest") onChosen({ kind: "newest" });
    else if (choice === "file" && file !== null) onChosen({ kind: "file", file: file.token });
    else if (choice === "pasted" && text.trim() !== "") onChosen({ kind: "variable", text });
    else if (choice === "another") {
      closeDialog();
      selectSite(siteId);
      goTo("backups");
    }
  }
  const missing = (choice === "newest" && newest === null) || (choice === "file" && file === null) || (choice === "pasted" && text.trim() === "");
  return (
    <>
      <RadioRows label={words.chooseTitle} rows={rows} value={choice} onChange={setChoice} />
      {picker}
      <div className="dialog-foot inside">
        <Button onClick={closeDialog}>{en.frame.cancel}</Button>
        <Button rank="primary" blocked={missing ? words.chooseTitle : undefined} onClick={go}>
          {choice === "another" ? en.frame.places.backups : words.go}
        </Button>
      </div>
    </>
  );
}
