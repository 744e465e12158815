/** The site of the simulated month: real accounts in a real collection, what redeploys, owners and customers do to it, and who should be there. */
import type { WritableRecord } from "../../electron/engine/chroma/write-records.ts";
import { backupSite, type BackupReport } from "../../electron/engine/operations/backup-site.ts";
import { chooseBackup } from "../../electron/engine/operations/restore-site.ts";
import type { Chance } from "./seeded.ts";
import { restoreOn } from "./restore.ts";
import { createTestSite, type TestSite } from "./site.ts";
import { accountSchema, type ObservedAccount } from "./vault-observer.ts";

/** missing: nothing is left. recreated: the site has made its collection anew. emptied: the collection is the same. */
export type WipeKind = "missing" | "recreated" | "emptied";

export interface Person {
  readonly id: string;
  readonly email: string;
  /** Grows with every password that anybody ever chose. */
  readonly password: number;
}

export interface MonthSite {
  readonly site: TestSite;
  readonly totals: { registrations: number; wipes: number; deletions: number };
  signUp(people: number): Promise<void>;
  /** Somebody who is gone signs up again: the same e-mail address, another id. */
  signUpAgain(person: Person): Promise<void>;
  changePassword(): Promise<void>;
  wipe(kind: WipeKind): Promise<void>;
  deleteSome(people: number): Promise<readonly Person[]>;
  acceptFewer(now: Date): Promise<BackupReport>;
  restoreByOwner(): Promise<void>;
  /** Who is on the site, as the server says, by e-mail address; nobody when there is no collection. */
  people(): Promise<Map<string, Person>>;
}

export async function createMonthSite(chance: Chance): Promise<MonthSite> {
  const site = await createTestSite();
  const totals = { registrations: 0, wipes: 0, deletions: 0 };
  let passwords = 0;
  let ids = 0;

  function recordOf(id: string, email: string): WritableRecord {
    passwords += 1;
    const document = JSON.stringify({ user_id: id, email, password_hash: String(passwords), full_name: `Customer ${id}` });
    return { id, document, metadata: JSON.stringify({ user_id: id, email }), uri: null, embedding: new Float32Array([1, ids, 3, 4]) };
  }

  function newId(): string {
    ids += 1;
    return `user_${String(ids).padStart(4, "0")}`;
  }

  async function exists(): Promise<boolean> {
    return (await site.connection.findCollection(site.collectionName)) !== null;
  }

  async function put(record: WritableRecord): Promise<void> {
    // The site makes its collection when it needs it.
    if (!(await exists())) await site.create();
    await site.add([record]);
  }

  async function people(): Promise<Map<string, Person>> {
    if (!(await exists())) return new Map();
    return new Map([...(await site.read()).values()].map(({ document }) => personOf(accountSchema.parse(JSON.parse(document ?? "{}")))).map((person) => [person.email, person]));
  }

  return {
    site,
    totals,
    people,
    async signUp(newcomers) {
      totals.registrations += newcomers;
      for (let one = 0; one < newcomers; one += 1) {
        const id = newId();
        await put(recordOf(id, `${id}@example.com`));
      }
    },
    signUpAgain: async ({ email }) => await put(recordOf(newId(), email)),
    async changePassword() {
      const [somebody] = chance.shuffled([...(await people()).values()]);
      if (somebody !== undefined) await put(recordOf(somebody.id, somebody.email));
    },
    async wipe(kind) {
      totals.wipes += 1;
      if (!(await exists())) return;
      if (kind === "emptied") {
        const ids = [...(await site.read()).keys()];
        if (ids.length > 0) await site.deleteAccounts(ids);
        return;
      }
      await site.wipe();
      if (kind === "recreated") await site.create();
    },
    async deleteSome(some) {
      totals.deletions += 1;
      const deleted = chance.shuffled([...(await people()).values()]).slice(0, some);
      await site.deleteAccounts(deleted.map(({ id }) => id));
      return deleted;
    },
    acceptFewer: async (now) => await backupSite({ ...site, acceptFewer: true, now: () => now }),
    async restoreByOwner() {
      const { backup } = await chooseBackup({ kind: "vault", folder: site.folder });
      await restoreOn(site, backup);
    },
  };
}

export function personOf(account: ObservedAccount): Person {
  return { id: account.user_id, email: account.email, password: Number(account.password_hash) };
}
