/** How a redeploy ends that does not end well, in the owner's words. Everyone is safe in all of them. */
import { KeeperError } from "../../../shared/errors.ts";
import { count } from "../activity/words.ts";
import { isEveryoneThere, type SiteLook } from "./look-after-site.ts";

function areSafe(accounts: number): string {
  return accounts === 1 ? "Your 1 account is safe in the newest backup." : `Your ${count(accounts)} are safe in the newest backup.`;
}

/** The old site was looked at since. */
export function deployFailed(end: "failed" | "cancelled", accounts: number, look: SiteLook): KeeperError {
  const what = end === "failed" ? "Render could not deploy your site." : "The deploy was cancelled in Render.";
  const stillThere = isEveryoneThere(look) ? "The site from before goes on running, with everyone on it. " : "";
  return new KeeperError("DEPLOY_FAILED", `${what} ${areSafe(accounts)}`, {
    hint: `${stillThere}${end === "failed" ? "Render's log tells why. Start again when it is mended." : "Start again whenever you like."}`,
  });
}

/** `seen`: what Render says of it. */
export function notBack(error: KeeperError, accounts: number, seen: string | null): KeeperError {
  return new KeeperError(error.code, `Your site has not come back. ${areSafe(accounts)}`, {
    hint: `${seen ?? "Render's log tells why."} Go on with this redeploy when the site answers: everyone who is missing is brought back then.`,
    cause: error,
  });
}

/** The site answers, and something else is in the way. */
export function cannotFinish(error: KeeperError, accounts: number): KeeperError {
  const hint = error.hint === undefined ? "" : `${error.hint} `;
  return new KeeperError(error.code, `${error.message} ${areSafe(accounts)}`, { hint: `${hint}Then go on with this redeploy: everyone who is missing is brought back.`, cause: error });
}

export function stillDeploying(accounts: number): KeeperError {
  return new KeeperError("DEPLOY_UNFINISHED", `Render is still deploying after a long while. ${areSafe(accounts)}`, { hint: "Look at the deploy in Render. Go on with this redeploy when it is done." });
}
