/**
 * One-time links and the sessions they become. Keeps digests only, in memory, until the host ends. Compares in constant
 * time, and never a token itself.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** shown: printed for the owner. opened: handed to the browser by us, where other users of the computer may see it pass by. */
export type LinkKind = "shown" | "opened";

type Entry = { readonly kind: "entered"; readonly session: string } | { readonly kind: "used" } | { readonly kind: "other_user" };

export interface Door {
  /** A new token. The earlier one of its kind is void, so that no old link lies about. */
  createToken(kind: LinkKind): string;
  /**
   * Takes a token once. An `opened` one counts for five minutes, and only when `isThisUser` says so; whoever else tries
   * it does not use it up.
   */
  enter(token: string, isThisUser: () => Promise<boolean>): Promise<Entry>;
  knows(session: string | undefined): boolean;
}

interface Link {
  readonly digest: Buffer;
  readonly madeAt: number;
}

/** Long enough for a browser that has to start first. */
const OPENED_COUNTS_MS = 5 * 60_000;

export function createDoor(now: () => number = () => performance.now()): Door {
  const links = new Map<LinkKind, Link>();
  const sessions: Buffer[] = [];

  function kindOf(token: string): LinkKind | undefined {
    const digest = digestOf(token);
    for (const [kind, link] of links) {
      const isOver = kind === "opened" && now() - link.madeAt > OPENED_COUNTS_MS;
      if (timingSafeEqual(link.digest, digest) && !isOver) return kind;
    }
    return undefined;
  }

  return {
    createToken(kind) {
      const token = secret();
      links.set(kind, { digest: digestOf(token), madeAt: now() });
      return token;
    },
    async enter(token, isThisUser) {
      const kind = kindOf(token);
      if (kind === undefined) return { kind: "used" };
      if (kind === "opened" && !(await isThisUser())) return { kind: "other_user" };
      // Somebody may have been faster while we looked.
      if (kindOf(token) !== kind) return { kind: "used" };
      links.delete(kind);
      const session = secret();
      sessions.push(digestOf(session));
      return { kind: "entered", session };
    },
    knows(session) {
      if (session === undefined) return false;
      const digest = digestOf(session);
      return sessions.some((known) => timingSafeEqual(known, digest));
    },
  };
}

/** 256 bits. */
function secret(): string {
  return randomBytes(32).toString("base64url");
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
