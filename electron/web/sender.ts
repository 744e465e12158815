/**
 * Who may ask: looks at the headers that browsers set and pages cannot. Keeps out pages of other sites and of other local
 * ports, and names that were made to point at this computer (DNS rebinding). Knows nothing of sessions.
 */
import { refusals, type Refusal } from "./refusal.ts";

export interface SenderHeaders {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | undefined;
}

/** The only two origins under which the page may be open. URL leaves out port 80, as browsers do. */
function originsOf(port: number): readonly URL[] {
  return [new URL(`http://127.0.0.1:${port}`), new URL(`http://localhost:${port}`)];
}

/** Null: this host's own page, or somebody who opens it. Whether they were let in is another question. */
export function checkSender({ method, path, header }: SenderHeaders, port: number): Refusal | null {
  const own = originsOf(port).find(({ host }) => host === header("host"));
  if (own === undefined) return refusals.wrongHost();
  if (method === "OPTIONS") return refusals.preflight();
  if (method !== "GET" && method !== "POST") return refusals.wrongMethod();

  const origin = header("origin");
  if (origin !== undefined && origin !== own.origin) return refusals.foreignOrigin(origin);
  if (origin === undefined && method === "POST") return refusals.missingOrigin();

  const site = header("sec-fetch-site");
  if (site === undefined || site === "same-origin") return null;
  // Somebody may type the address or follow a link to the page. Nothing else comes from outside: pictures and scripts of
  // ours in another page would tell that page who is signed in.
  const isVisit = method === "GET" && !path.startsWith("/api/") && (site === "none" || (header("sec-fetch-mode") === "navigate" && header("sec-fetch-dest") === "document"));
  return isVisit ? null : refusals.crossSite();
}
