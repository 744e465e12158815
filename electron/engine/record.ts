/** How Chroma holds one account, on its way between a site and a backup. */
export interface AccountRecord {
  readonly id: string;
  readonly document: string | null;
  /** JSON text of the metadata object exactly as the server wrote it: `JSON.parse` would turn 1.0 into 1 and round int64. */
  readonly metadata: string | null;
  readonly uri: string | null;
  readonly embedding: Float32Array | null;
}

export const problemCodes = ["NOT_AN_ACCOUNT", "WITHOUT_DOCUMENT", "WITHOUT_VECTOR", "KEPT_OLDER_VALUE", "SAME_EMAIL_OTHER_ID", "SIGNED_UP_MEANWHILE", "CHANGED_MEANWHILE", "NOT_RESTORED", "NOT_ACCEPTED"] as const;

/** Something about one account that the owner should look at; the account is kept all the same. */
export interface Problem {
  readonly code: (typeof problemCodes)[number];
  readonly id: string;
  /** One sentence, without e-mail address or secret. */
  readonly message: string;
}

interface WithProblems {
  readonly problems: readonly Problem[];
}

/** After a restore: ids of those who should be on the site, and are not. */
export function idsNotRestored({ problems }: WithProblems): string[] {
  return problems.filter(({ code }) => code === "NOT_RESTORED" || code === "NOT_ACCEPTED").map(({ id }) => id);
}

/** Of those: whom the server does not take. Trying again by itself helps only the others. */
export function idsNotAccepted({ problems }: WithProblems): string[] {
  return problems.filter(({ code }) => code === "NOT_ACCEPTED").map(({ id }) => id);
}

/** After a restore: who needs a look. Whoever signed up again under another id is there, and was left as they are. */
export function problemsToLookAt({ problems }: WithProblems): readonly Problem[] {
  return problems.filter(({ code }) => code !== "SAME_EMAIL_OTHER_ID");
}
