/** A server's key as it is being entered. Pure. */
import type { AuthDraft } from "../../shared/model.ts";

export const keyKinds = ["bearer", "chroma_token", "basic", "header"] as const;
type KeyKind = (typeof keyKinds)[number];

export interface KeyDraft {
  readonly kind: KeyKind;
  /** User of "basic", name of "header". */
  readonly name: string;
  readonly secret: string;
}

export const emptyKey: KeyDraft = { kind: "bearer", name: "", secret: "" };

/** Null: not complete. An empty key is none. */
export function authOf({ kind, name, secret }: KeyDraft): AuthDraft | null {
  if (secret === "") return name === "" ? { kind: "none" } : null;
  switch (kind) {
    case "bearer":
      return { kind, token: secret };
    case "chroma_token":
      return { kind, token: secret };
    case "basic":
      return name === "" ? null : { kind, user: name, password: secret };
    case "header":
      return /^[A-Za-z0-9-]{1,100}$/.test(name) ? { kind, name, value: secret } : null;
    default:
      return kind satisfies never;
  }
}
