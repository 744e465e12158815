/** Notes a rehearsal of each backup in a process of its own. Arguments: folder, then head digests. */
import { noteRehearsal } from "../../../electron/engine/vault/notes.ts";

const [folder = "", ...digests] = process.argv.slice(2);
for (const digest of digests) await noteRehearsal(folder, digest, { rehearsedAt: new Date(), rehearsedOk: true, couldNotSignIn: 0 });
