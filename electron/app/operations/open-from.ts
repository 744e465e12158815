/** From what the window names as a backup to one that can be read. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { KeeperError } from "../../../shared/errors.ts";
import type { From } from "../../../shared/operations.ts";
import { asReadError } from "../../engine/backup/file-errors.ts";
import { chooseBackup, type BackupChoice, type ChosenBackup } from "../../engine/operations/restore-site.ts";
import { decodeVariable } from "../../engine/variable/decode.ts";
import type { Services } from "../services.ts";
import { passphraseOfSite } from "../sites/site-sources.ts";
import type { StoredSite } from "../sites/site-store.ts";

export interface OpenedFrom extends ChosenBackup {
  /** What opened it; it also locks a safety copy. */
  readonly passphrase: string | undefined;
}

/** Names what the window may see of it: a file name, never a path. Throws TOKEN_UNKNOWN, PASSPHRASE_NEEDED and the codes of `chooseBackup`. */
export async function openFrom({ secrets, tokens }: Pick<Services, "secrets" | "tokens">, site: StoredSite, from: From, options: { passphrase?: string | undefined; signal: AbortSignal | undefined }): Promise<OpenedFrom> {
  const passphrase = options.passphrase ?? (await passphraseOfSite(site, secrets));
  const chosen = await chooseBackup(choiceOf(from), { passphrase, signal: options.signal });
  return { ...chosen, name: nameOf(from, chosen.name), passphrase };

  function nameOf(named: From, found: string | null): string | null {
    if (named.kind === "file") return tokens.nameOf(named.file, "backup_file");
    return found === null ? null : basename(found);
  }

  function choiceOf(named: From): BackupChoice {
    switch (named.kind) {
      case "newest":
        return { kind: "vault", folder: site.vault };
      case "backup":
        return { kind: "file", path: join(site.vault, named.name) };
      case "file":
        return { kind: "file", path: tokens.pathOf(named.file, "backup_file") };
      case "variable":
        // Checked here: the words of a wrong paste are those of the variable, not of a file.
        return { kind: "text", text: decodeVariable(named.text).value };
    }
  }
}

/** The file of a backup in the site's vault. Throws BACKUP_NOT_FOUND. */
export async function pathInVault(site: StoredSite, name: string): Promise<string> {
  const path = join(site.vault, name);
  try {
    if ((await stat(path)).isFile()) return path;
  } catch (error) {
    throw asReadError(error);
  }
  throw new KeeperError("BACKUP_NOT_FOUND", "There is no such backup.", { hint: "Look at the list again." });
}
