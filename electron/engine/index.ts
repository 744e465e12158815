/** The package's library entry: what a Node backend needs first, then the parts it is made of. */
export { persistAccounts, type PersistedAccounts, type StartupReport } from "./persist-accounts.ts";
export type { PersistAccountsOptions } from "./persist-options.ts";

export { isKeeperError, KeeperError, type ErrorCode, type ErrorValue, type Result } from "../../shared/errors.ts";
export type { OperationOptions, Progress, ProgressPhase } from "../../shared/progress.ts";
export type { Eligibility, HostGauge } from "../../shared/eligibility.ts";
export type { AccountRecord, Problem } from "./record.ts";

export type { Auth, CloudSource, FolderSource, ServerSource } from "./chroma/source.ts";
export { openSource, type OpenSource } from "./chroma/open-source.ts";
export type { ChromaConnection, CollectionInfo } from "./chroma/connection.ts";

export { backupSite, type BackupReport, type BackupSiteRequest } from "./operations/backup-site.ts";
export { chooseBackup, restoreSite, type BackupChoice, type ChosenBackup, type RestoreSiteRequest } from "./operations/restore-site.ts";
export { planRestore, type RestorePlan, type RestorePolicy, type RestoreRequest } from "./restore/plan-restore.ts";
export type { RestoreReport } from "./restore/apply-restore.ts";
export { planUndo, undoRestore } from "./operations/undo-restore.ts";
export { siteStatus, type SiteStatus } from "./operations/site-status.ts";

export { openBackup, type BackupKind, type OpenBackup } from "./backup/read-backup.ts";
export { verifyBackup, type VerifiedBackup } from "./backup/verify-backup.ts";
export { drillBackup, type DrillReport } from "./drill/drill.ts";
export { compareSides } from "./diff/compare.ts";
export { sideOfBackup, sideOfSite } from "./diff/side.ts";
export { planPrune, pruneVault, type PruneReport } from "./vault/prune.ts";
export { openVault, type PlacedBackup, type Vault, type VaultEntry } from "./vault/vault.ts";

export { variableOfBackup, variableOfSite, type MadeVariable } from "./operations/make-variable.ts";
export { inspectVariable, type VariableReport } from "./variable/inspect.ts";
