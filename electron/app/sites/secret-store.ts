/**
 * Keys and passphrases of sites. On disk only sealed by the system's keychain, or in the open where the owner said so;
 * otherwise in memory until the program ends.
 */
import { join } from "node:path";
import { z } from "zod";
import { KeeperError } from "../../../shared/errors.ts";
import type { Keychain } from "../ports.ts";
import { openStateFile } from "../state-file.ts";

export interface SecretStore {
  /** Why the file of earlier keys is not used. */
  readonly notice: Awaited<ReturnType<typeof openStateFile>>["notice"];
  /** keychain: kept safely. plain: only in the open. memory: there is nowhere to keep them. */
  protection(): Promise<"keychain" | "plain" | "memory">;
  has(name: string): boolean;
  /** Undefined when it is not kept, or cannot be opened any more (another user, a new keychain). */
  get(name: string): Promise<string | undefined>;
  /** Throws the codes of writing. */
  set(name: string, secret: string, options: { keepUnprotected: boolean }): Promise<void>;
  remove(name: string): Promise<void>;
}

const entrySchema = z.union([z.strictObject({ sealed: z.string() }), z.strictObject({ plain: z.string() })]);
const fileSchema = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), entrySchema) });
type SecretsFile = z.infer<typeof fileSchema>;

export async function openSecretStore(dataFolder: string, keychain: Keychain | null): Promise<SecretStore> {
  const initial: SecretsFile = { version: 1, secrets: {} };
  const file = await openStateFile<SecretsFile>({ path: join(dataFolder, "secrets.json"), schema: fileSchema, initial, what: "The file of your sites' keys" });
  const inMemory = new Map<string, string>();

  function stored(name: string): z.infer<typeof entrySchema> | undefined {
    return Object.hasOwn(file.value.secrets, name) ? file.value.secrets[name] : undefined;
  }

  async function forget(name: string): Promise<void> {
    inMemory.delete(name);
    if (stored(name) === undefined) return;
    await file.update((value) => ({ ...value, secrets: Object.fromEntries(Object.entries(value.secrets).filter(([key]) => key !== name)) }));
  }

  return {
    notice: file.notice,
    async protection() {
      if (keychain === null) return "memory";
      return (await keychain.isSafe()) ? "keychain" : "plain";
    },
    has: (name) => inMemory.has(name) || stored(name) !== undefined,
    async get(name) {
      const known = inMemory.get(name);
      if (known !== undefined) return known;
      const entry = stored(name);
      if (entry === undefined) return undefined;
      if ("plain" in entry) return entry.plain;
      // A key that cannot be opened is a key that has to be asked for: nothing is removed, the keychain may come back.
      return await keychain?.open(entry.sealed).catch(() => undefined);
    },
    async set(name, secret, { keepUnprotected }) {
      if (keychain !== null && (await keychain.isSafe())) {
        const sealed = await seal(keychain, secret);
        await file.update((value) => ({ ...value, secrets: { ...value.secrets, [name]: { sealed } } }));
        inMemory.delete(name);
      } else if (keychain !== null && keepUnprotected) {
        await file.update((value) => ({ ...value, secrets: { ...value.secrets, [name]: { plain: secret } } }));
        inMemory.delete(name);
      } else {
        await forget(name);
        inMemory.set(name, secret);
      }
    },
    remove: forget,
  };
}

async function seal(keychain: Keychain, secret: string): Promise<string> {
  try {
    return await keychain.seal(secret);
  } catch (error) {
    throw new KeeperError("KEYCHAIN_MISSING", "This computer's keychain did not take the key.", { hint: "Unlock it and try again.", cause: error });
  }
}
