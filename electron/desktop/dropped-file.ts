/** What has to hold of a dropped file's path before a token is given for it. The path comes from the system by way of the preload. */
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { KeeperError } from "../../shared/errors.ts";

/** Returns the path. Throws BAD_REQUEST when it is not the absolute path of a plain file: no folder, device or pipe. Follows links, as opening it would. */
export async function checkDroppedFile(path: unknown): Promise<string> {
  if (typeof path !== "string" || !isAbsolute(path)) throw noFile(new Error("no absolute path"));
  const stats = await stat(path).catch((error: unknown) => {
    throw noFile(error);
  });
  if (!stats.isFile()) throw noFile(new Error("no plain file"));
  return path;
}

/** `cause` reaches the log alone. */
function noFile(cause: unknown): KeeperError {
  return new KeeperError("BAD_REQUEST", "This is no file of this computer.", { hint: "Drop a backup file from one of your folders.", cause });
}
