/** One site across a redeploy: connected when needed, let go when it stops answering. */
import { connect, type ConnectOptions } from "../chroma/connect.ts";
import type { ChromaConnection } from "../chroma/connection.ts";
import type { OperationOptions } from "../../../shared/progress.ts";
import type { RedeployRequest } from "./redeploy.ts";

/** As every operation on a site takes it. */
export interface ContactedSite {
  readonly connection: ChromaConnection;
  readonly collectionName: string;
  readonly site: string;
  readonly folder: string;
  readonly passphrase: string | undefined;
  readonly encrypt: boolean | undefined;
  readonly dimension: number | undefined;
  readonly now: () => Date;
}

export interface SiteContact {
  /** Throws the codes of `connect`. `patient`: waits for a site that sleeps. */
  reach(options: OperationOptions & { patient: boolean }): Promise<ContactedSite>;
  /** What was open may be gone: the next `reach` connects anew. */
  letGo(): Promise<void>;
}

/** Busy little servers take seconds for their first answer, and are awake all the same. */
const ANSWER_TIMEOUT_MS = 20_000;

export function createSiteContact({ source, collectionName, folder, passphrase, encrypt, dimension, connect: options }: RedeployRequest, now: () => Date): SiteContact {
  let open: ChromaConnection | null = null;

  return {
    async reach({ patient, signal, onProgress }) {
      const impatient: ConnectOptions = patient ? {} : { wakeTimeoutMs: 0, answerTimeoutMs: ANSWER_TIMEOUT_MS };
      open ??= await connect(source, { ...impatient, ...options, ...(patient ? {} : { wakeTimeoutMs: 0 }), signal, onProgress, allowMissingDatabase: true });
      return { connection: open, collectionName, site: open.address, folder, passphrase, encrypt, dimension, now };
    },
    async letGo() {
      const gone = open;
      open = null;
      await gone?.close();
    },
  };
}
