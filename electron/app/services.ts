/** What handlers and runners share: one of each for an app. */
import type { AppEvent } from "../../shared/contract.ts";
import type { OpenAccounts } from "./accounts/open-accounts.ts";
import type { ActivityNews } from "../engine/activity/activity.ts";
import type { RedeployPace } from "../engine/redeploy/redeploy.ts";
import type { Clock } from "../engine/clock.ts";
import type { Log } from "./keeper-app.ts";
import type { PathTokens } from "./path-tokens.ts";
import type { HostPorts } from "./ports.ts";
import type { DemoServers } from "./sites/demo-servers.ts";
import type { SecretStore } from "./sites/secret-store.ts";
import type { KeeperState, StoredSite } from "./sites/site-store.ts";
import type { StateFile } from "./state-file.ts";

export interface Services {
  readonly ports: HostPorts;
  readonly log: Log;
  readonly clock: Clock;
  readonly store: StateFile<KeeperState>;
  readonly secrets: SecretStore;
  readonly demos: DemoServers;
  readonly openAccounts: OpenAccounts;
  readonly tokens: PathTokens;
  /** Where a new site's backups go unless another folder is picked: a folder for all of them. */
  readonly suggestedVaults: string;
  readonly emit: (event: AppEvent) => void;
  /** Tells the window how all sites stand. */
  readonly emitSites: () => void;
  /** Another address of Render's API than its own, for tests. */
  readonly renderUrl: string | undefined;
  readonly redeployPace: Partial<RedeployPace> | undefined;
  /** Writes what happened to the site's activity log and tells the window; the owner too, where it matters. Never throws. */
  readonly record: (site: StoredSite, news: ActivityNews) => Promise<void>;
}
