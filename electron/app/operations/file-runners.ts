/** Operations around a site's backups and its variable, and the ones before there is a site: test, verify, drill, carry, copy. */
import { z } from "zod";
import { isKeeperError, KeeperError } from "../../../shared/errors.ts";
import type { OperationRequest, OperationResult } from "../../../shared/operations.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { ChromaConnection, CollectionInfo } from "../../engine/chroma/connection.ts";
import { openSource } from "../../engine/chroma/open-source.ts";
import { listIds, readByIds } from "../../engine/chroma/read-records.ts";
import { drillBackup } from "../../engine/drill/drill.ts";
import { exportBackup, importBackup } from "../../engine/operations/carry-backup.ts";
import { variableOfSite } from "../../engine/operations/make-variable.ts";
import { openBackup } from "../../engine/backup/read-backup.ts";
import { verifyBackup, verifyOpenBackup } from "../../engine/backup/verify-backup.ts";
import { decodeVariable } from "../../engine/variable/decode.ts";
import { variableForms } from "../../engine/variable/encode.ts";
import { noteRehearsal } from "../../engine/vault/notes.ts";
import type { Services } from "../services.ts";
import { engineSource, passphraseOfSite, sourceOfSite, splitDraft, type EngineSource } from "../sites/site-sources.ts";
import { requireVault } from "../sites/used-vault.ts";
import { siteOf } from "../sites/site-store.ts";
import { words } from "../watch/words.ts";
import { exportTarget } from "./export-target.ts";
import { openFrom, pathInVault } from "./open-from.ts";
import type { Finished, Runners } from "./registry.ts";
import { problemsView } from "./views.ts";

type Options = Required<OperationOptions>;

const COLLECTION_OF_MOST = "users";
/** A look at a few is enough to tell accounts from anything else. */
const LOOKED_AT = 5;
const MAX_COLLECTIONS = 50;

export function createFileRunners(services: Services): Pick<Runners, "test_connection" | "verify" | "open_backup" | "inspect_backup" | "drill" | "copy_variable" | "export_backup" | "import_backup" | "wipe_demo"> {
  const { store, secrets, demos, tokens, record, ports, openAccounts } = services;

  async function sourceToTest(request: OperationRequest<"test_connection">): Promise<EngineSource> {
    if ("siteId" in request) return await sourceOfSite(siteOf(store, request.siteId), secrets, demos);
    const { source, secret } = splitDraft(request.source, tokens);
    return await engineSource(source, secret ?? undefined, () => {
      throw new KeeperError("NOT_AVAILABLE_HERE", "A demo needs no test.", { hint: "Add it." });
    });
  }

  async function testConnection(request: OperationRequest<"test_connection">, options: Options): Promise<Finished<"test_connection">> {
    const source = await sourceToTest(request);
    const opened = await openSource(source, { ...options, allowMissingDatabase: true });
    try {
      const { connection } = opened;
      const collections = await describeCollections(connection, options);
      return { result: { shown: source.kind === "folder" ? source.path : connection.address, version: connection.version, collections, suggested: suggestedOf(collections) } };
    } finally {
      await opened.close();
    }
  }

  async function verify({ siteId, name, passphrase }: OperationRequest<"verify">, options: Options): Promise<Finished<"verify">> {
    const site = siteOf(store, siteId);
    const path = await pathInVault(site, name);
    const verified = await verifyBackup({ path }, { ...options, passphrase: passphrase ?? (await passphraseOfSite(site, secrets)) });
    return { result: { name, accounts: verified.accountCount, records: verified.recordCount, problemCount: verified.problemCount } };
  }

  async function inspect({ from, passphrase }: OperationRequest<"inspect_backup">, options: Options): Promise<Finished<"inspect_backup">> {
    const path = from.kind === "file" ? tokens.pathOf(from.file, "backup_file") : null;
    const backup = await openBackup(path === null ? { text: decodeVariable(from.kind === "variable" ? from.text : "").value } : { path }, { passphrase, signal: options.signal });
    const { kind, encrypted, sizeBytes, timestamp, accountCount, recordCount, problemCount, site, chroma } = await verifyOpenBackup(backup, options);
    const facts = { kind, name: from.kind === "file" ? tokens.nameOf(from.file, "backup_file") : null, encrypted, sizeBytes, at: timestamp?.toISOString() ?? null, accounts: accountCount, records: recordCount, problemCount, site, collectionName: chroma?.collection.name ?? null };
    return { result: facts, hasProblems: problemCount > 0 };
  }

  async function drill({ siteId, from, passphrase }: OperationRequest<"drill">, options: Options): Promise<Finished<"drill">> {
    const site = siteOf(store, siteId);
    const opened = await openFrom(services, site, from, { passphrase, signal: options.signal });
    const report = await drillBackup({ backup: opened.backup }, options);
    // What completes another program's has a head of ours, and is not what that names.
    const isInVault = (from.kind === "newest" || from.kind === "backup") && opened.backup.kind === "format_1";
    const headDigest = isInVault ? opened.backup.head?.account_keeper.digest.head : undefined;
    const noted = headDigest !== undefined && (await note(site.vault, headDigest, report, options));
    await record(site, words.rehearsed(report));
    const { ok, records, restored, couldNotSignInCount, couldNotSignIn, problems, problemCount } = report;
    const unable = couldNotSignIn.map(({ id, reasons }) => ({ id, reasons: [...reasons] }));
    return { result: { name: opened.name, passed: ok, records, restored, couldNotSignInCount, couldNotSignIn: unable, noted, ...problemsView(problems, problemCount) }, hasProblems: !ok };
  }

  /** A note is a convenience: that it could not be written takes nothing away from the rehearsal. */
  async function note(vault: string, headDigest: string, report: { ok: boolean; couldNotSignInCount: number }, { signal }: Options): Promise<boolean> {
    try {
      return await noteRehearsal(vault, headDigest, { rehearsedAt: services.clock.now(), rehearsedOk: report.ok, couldNotSignIn: report.couldNotSignInCount }, { signal });
    } catch (error) {
      if (!isKeeperError(error) || error.code === "CANCELLED") throw error;
      services.log.warn(`A rehearsal could not be noted: ${error.code}`);
      return false;
    }
  }

  async function copyVariable({ siteId, form }: OperationRequest<"copy_variable">, options: Options): Promise<Finished<"copy_variable">> {
    const { clipboard } = ports;
    if (clipboard === null) throw new KeeperError("NOT_AVAILABLE_HERE", "This window has to copy by itself.", { hint: "Show the value, then copy it." });
    const site = siteOf(store, siteId);
    const opened = await openSource(await sourceOfSite(site, secrets, demos), options);
    try {
      const made = await variableOfSite({ connection: opened.connection, collectionName: site.collectionName }, options);
      const forms = variableForms(made.value);
      const text = { value: forms.value, name_value: forms.nameValue, dotenv: forms.dotenv }[form];
      const clearsInMs = await clipboard.copySecret(text);
      const { accounts, length, checksum, leftOut, gauge } = made;
      return { result: { accounts, length, checksum, leftOut, form, clearsInMs, gauge: [...gauge] }, hasProblems: leftOut > 0 };
    } finally {
      await opened.close();
    }
  }

  async function exportOne({ siteId, name, to }: OperationRequest<"export_backup">, options: Options): Promise<Finished<"export_backup">> {
    const site = siteOf(store, siteId);
    const { path, keepOthers } = await exportTarget(services, tokens.pathOf(to, "export_file"), name);
    const exported = await exportBackup(await pathInVault(site, name), path, { ...options, passphrase: await passphraseOfSite(site, secrets), keepOthers });
    return { result: { shown: exported.path, sizeBytes: exported.sizeBytes, accounts: exported.accounts } };
  }

  async function importOne({ siteId, file, passphrase }: OperationRequest<"import_backup">, options: Options): Promise<Finished<"import_backup">> {
    const site = siteOf(store, siteId);
    await requireVault(site);
    const taken = await importBackup(tokens.pathOf(file, "backup_file"), site.vault, { ...options, passphrase: passphrase ?? (await passphraseOfSite(site, secrets)) });
    return { result: { name: taken.name, accounts: taken.accounts } };
  }

  return {
    test_connection: testConnection,
    verify,
    open_backup: async ({ siteId, name, passphrase }, options) => ({ result: { name, accounts: (await openAccounts.of(siteOf(store, siteId), name, { ...options, passphrase })).size } }),
    drill,
    copy_variable: copyVariable,
    inspect_backup: inspect,
    export_backup: exportOne,
    import_backup: importOne,
    wipe_demo: async ({ siteId }) => {
      if (siteOf(store, siteId).source.kind !== "demo") throw new KeeperError("NOT_AVAILABLE_HERE", "Only the demo can be wiped.", { hint: "Choose the demo site." });
      await demos.wipe(siteId);
      return { result: { wiped: true } };
    },
  };
}

async function describeCollections(connection: ChromaConnection, options: Options): Promise<OperationResult<"test_connection">["collections"]> {
  let collections: CollectionInfo[];
  try {
    collections = await connection.listCollections({ signal: options.signal });
  } catch (error) {
    // A wiped server has forgotten its databases: it answers, and holds nothing.
    if (isKeeperError(error, "DATABASE_NOT_FOUND") || isKeeperError(error, "TENANT_NOT_FOUND")) return [];
    throw error;
  }
  const described = [];
  for (const { id, name } of collections.slice(0, MAX_COLLECTIONS)) {
    const records = await connection.count(id, { signal: options.signal });
    described.push({ name, records, looksLikeAccounts: records > 0 && (await holdsAccounts(connection, id, options)) });
  }
  return described;
}

const accountLike = z.object({ email: z.string().includes("@") });

/** Of several that look like accounts only the owner knows which are the customers. */
function suggestedOf(collections: OperationResult<"test_connection">["collections"]): string | null {
  if (collections.some(({ name }) => name === COLLECTION_OF_MOST)) return COLLECTION_OF_MOST;
  const [found, another] = collections.filter(({ looksLikeAccounts }) => looksLikeAccounts);
  return found === undefined || another !== undefined ? null : found.name;
}

async function holdsAccounts(connection: ChromaConnection, collectionId: string, { signal }: Options): Promise<boolean> {
  const ids = [...(await listIds(connection, collectionId, { signal }))].slice(0, LOOKED_AT);
  let accounts = 0;
  for await (const page of readByIds(connection, collectionId, ids, { signal, withVectors: false })) {
    for (const { document } of page) if (accountLike.safeParse(parsed(document)).success) accounts += 1;
  }
  return accounts * 2 > ids.length;
}

function parsed(document: string | null): unknown {
  try {
    return JSON.parse(document ?? "null");
  } catch {
    return null;
  }
}
