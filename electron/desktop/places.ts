/** Where the desktop can send the window: from the menu, the tray, a notification or an `account-keeper://` link. Pure. */
import { eventSchema, type AppEvent } from "../../shared/contract.ts";
import { idSchema } from "../../shared/model.ts";

type GoEvent = Extract<AppEvent, { type: "go" }>;
type Place = GoEvent["place"];

/** Null for the site: the one the window shows. */
export interface Destination {
  readonly place: Place;
  readonly siteId: string | null;
}

export const LINK_SCHEME = "account-keeper";
/** Longer links are nothing we made. */
const MAX_LINK = 300;

/**
 * Reads `account-keeper://PLACE` or `account-keeper://PLACE?site=ID`. Anything else is null: a link may come from any
 * page or mail, so it opens places that are there anyway and does nothing.
 */
export function parseDeepLink(link: string): Destination | null {
  if (link.length > MAX_LINK || !URL.canParse(link)) return null;
  const { protocol, hostname, port, username, password, pathname, searchParams, hash } = new URL(link);
  if (protocol !== `${LINK_SCHEME}:` || port !== "" || username !== "" || password !== "" || hash !== "" || !["", "/"].includes(pathname)) return null;
  const names = [...searchParams.keys()];
  if (names.length > 1 || names.some((name) => name !== "site")) return null;
  const site = idSchema.nullable().safeParse(searchParams.get("site"));
  if (!site.success) return null;
  const event = eventSchema.safeParse({ type: "go", place: hostname, siteId: site.data });
  return event.success && event.data.type === "go" ? { place: event.data.place, siteId: event.data.siteId } : null;
}

/** The link among the arguments of a start, if there is one: Windows and Linux hand it over that way. */
export function linkAmong(argv: readonly string[]): string | null {
  return argv.find((argument) => argument.startsWith(`${LINK_SCHEME}:`)) ?? null;
}
