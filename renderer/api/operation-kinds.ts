/** Which kinds write, without the schemas: those would bring a whole parser into the page. Checked against the contract by a test. */
import type { OperationKind } from "../../shared/operations.ts";

export const operationKindsThatWrite: ReadonlySet<OperationKind> = new Set<OperationKind>(["backup", "restore", "undo", "import_backup", "prune", "wipe_demo", "redeploy"]);
