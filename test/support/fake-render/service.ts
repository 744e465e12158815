/**
 * One service of the fake Render: its variables, deploys and events, and the site that runs on it. A deploy takes its next step each time
 * somebody asks about it, or when the test says so: no timers. When it goes live, the site's disk is wiped and the site starts anew.
 */
import { randomBytes } from "node:crypto";
import type { DeployStatus } from "../../../electron/engine/render/model.ts";

/** What a deploy does to the site behind a service. */
export interface SiteHooks {
  /** The site stops answering. */
  down?(): Promise<void>;
  /** A new instance with an empty disk has taken over. */
  wipe?(): Promise<void>;
  /** The same disk again: what a deploy does to a service with one. */
  restart?(): Promise<void>;
  /** The site's own code starts, with the variables of the service: the reference site restores itself here. */
  start?(variables: Readonly<Record<string, string>>): Promise<void>;
  /** The site answers again. */
  up?(): Promise<void>;
}

export interface DeployPlan {
  readonly id?: string;
  /** After `created`; the last one is how it ends. Default: `update_in_progress`, `live`, after a build if one was asked for. */
  readonly statuses?: readonly DeployStatus[];
  /** Calls about it that it stays as it is for, before the one that finds it changed. Default 0. */
  readonly slow?: number;
  /** It takes its steps when the test calls `advance` only. */
  readonly manual?: boolean;
  /** The site is away from this status on, until the deploy ends. Default: never, as Render switches over in one moment. */
  readonly downFrom?: DeployStatus;
  /** Live, and yet the site does not answer until the test calls `comeUp`. */
  readonly staysDown?: boolean;
  /** The disk is wiped though the deploy fails. */
  readonly wipesAnyway?: boolean;
  /** The start is answered with 202 and without a body, as when another deploy is under way. */
  readonly queued?: boolean;
}

export interface FakeDeploy {
  readonly id: string;
  readonly createdAt: string;
  readonly trigger: string;
  status: DeployStatus;
  finishedAt: string | null;
}

export interface FakeEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly serviceId: string;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface FakeServiceOptions {
  id?: string;
  name?: string;
  type?: string;
  /** `null` for kinds without. */
  plan?: string | null;
  mountPath?: string | null;
  url?: string | null;
  suspended?: boolean;
  variables?: Readonly<Record<string, string>>;
  site?: SiteHooks;
}

interface RunningDeploy {
  readonly deploy: FakeDeploy;
  readonly plan: DeployPlan;
  readonly ahead: DeployStatus[];
  askedSince: number;
  isDown: boolean;
}

type StatusHook = (deploy: FakeDeploy) => Promise<void> | void;

const ENDS: ReadonlySet<DeployStatus> = new Set(["live", "build_failed", "pre_deploy_failed", "update_failed", "canceled"]);

export class FakeService {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly plan: string | null;
  readonly mountPath: string | null;
  readonly url: string | null;
  suspended: boolean;
  readonly variables: Map<string, string>;
  /** The oldest first. */
  readonly deploys: FakeDeploy[] = [];
  readonly events: FakeEvent[] = [];
  /** How often the disk was wiped. */
  wipes = 0;
  readonly #site: SiteHooks;
  readonly #now: () => Date;
  readonly #plans: DeployPlan[] = [];
  readonly #hooks: { when: "before" | "after"; status: DeployStatus; hook: StatusHook }[] = [];
  #running: RunningDeploy[] = [];
  #queue: Promise<void> = Promise.resolve();

  constructor(options: FakeServiceOptions, now: () => Date) {
    this.id = options.id ?? makeId("srv");
    this.name = options.name ?? "marlow-bakery";
    this.type = options.type ?? "web_service";
    this.plan = options.plan === undefined ? "starter" : options.plan;
    this.mountPath = options.mountPath ?? null;
    this.url = options.url === undefined ? `https://${this.name}.onrender.com` : options.url;
    this.suspended = options.suspended ?? false;
    this.variables = new Map(Object.entries(options.variables ?? {}));
    this.#site = options.site ?? {};
    this.#now = now;
  }

  /** How the next deploys go, one each; those after them go well. */
  planDeploys(...plans: readonly DeployPlan[]): void {
    this.#plans.push(...plans);
  }

  /** Runs once, when a deploy is about to reach this status; `live`: the old site still answers and still has its accounts. */
  beforeStatus(status: DeployStatus, hook: StatusHook): void {
    this.#hooks.push({ when: "before", status, hook });
  }

  /** Runs once, when a deploy has reached this status; `live`: the new site is there. */
  afterStatus(status: DeployStatus, hook: StatusHook): void {
    this.#hooks.push({ when: "after", status, hook });
  }

  /** Hooks whose moment never came. */
  unusedHooks(): string[] {
    return this.#hooks.map(({ when, status }) => `${when} ${status}`);
  }

  /** As Render starts one when somebody asks; `trigger` is `api` for the API. The answer is what `queued` plans leave out. */
  startDeploy(trigger: string, builds: boolean): { deploy: FakeDeploy; queued: boolean } {
    const plan = this.#plans.shift() ?? {};
    const deploy: FakeDeploy = { id: plan.id ?? makeId("dep"), createdAt: this.#now().toISOString(), trigger, status: plan.queued === true ? "queued" : "created", finishedAt: null };
    this.deploys.push(deploy);
    const usual: readonly DeployStatus[] = [...(builds ? (["build_in_progress"] as const) : []), "update_in_progress", "live"];
    this.#running.push({ deploy, plan, ahead: [...(plan.statuses ?? usual)], askedSince: 0, isDown: false });
    this.#record("deploy_started", { deployId: deploy.id, trigger: { manual: trigger === "manual", firstBuild: false } });
    return { deploy, queued: plan.queued === true };
  }

  /** Somebody asked about the deploys. */
  async asked(): Promise<void> {
    await this.#inTurn(async () => {
      for (const running of [...this.#running]) {
        running.askedSince += 1;
        if (running.plan.manual !== true && running.askedSince > (running.plan.slow ?? 0)) await this.#step(running);
      }
    });
  }

  /** The oldest deploy that has not ended takes its next step. */
  async advance(): Promise<void> {
    await this.#inTurn(async () => {
      const running = this.#running[0];
      if (running === undefined) throw new Error("no deploy is under way");
      await this.#step(running);
    });
  }

  /** The end of `staysDown`. */
  async comeUp(): Promise<void> {
    await this.#site.up?.();
    this.#record("server_available", {});
  }

  async #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(task);
    this.#queue = turn.catch(() => undefined);
    await turn;
  }

  async #step(running: RunningDeploy): Promise<void> {
    const { deploy, plan, ahead } = running;
    const status = ahead.shift();
    running.askedSince = 0;
    if (status === undefined) return;
    await this.#run("before", status, deploy);
    if (plan.downFrom === status) {
      await this.#site.down?.();
      running.isDown = true;
    }
    if (status === "live") await this.#replaceSite(running);
    else if (ENDS.has(status)) await this.#giveUp(running);
    deploy.status = status;
    if (status === "build_in_progress") this.#record("build_started", { buildId: makeId("bld"), trigger: {} });
    if (ENDS.has(status)) this.#end(running, status);
    await this.#run("after", status, deploy);
  }

  async #replaceSite({ deploy, plan }: RunningDeploy): Promise<void> {
    if (plan.staysDown === true) await this.#site.down?.();
    if (this.mountPath === null) await this.#wipe();
    else await this.#site.restart?.();
    await this.#site.start?.(Object.fromEntries(this.variables));
    if (plan.staysDown !== true) await this.#site.up?.();
    for (const earlier of this.deploys) if (earlier !== deploy && earlier.status === "live") earlier.status = "deactivated";
  }

  /** The old site goes on. */
  async #giveUp({ plan, isDown }: RunningDeploy): Promise<void> {
    if (plan.wipesAnyway === true) {
      await this.#wipe();
      await this.#site.start?.(Object.fromEntries(this.variables));
    }
    if (isDown || plan.wipesAnyway === true) await this.#site.up?.();
  }

  async #wipe(): Promise<void> {
    this.wipes += 1;
    await this.#site.wipe?.();
  }

  #end(running: RunningDeploy, status: DeployStatus): void {
    const { deploy, plan } = running;
    deploy.finishedAt = this.#now().toISOString();
    this.#running = this.#running.filter((other) => other !== running);
    const deployStatus = status === "live" ? "succeeded" : status === "canceled" ? "canceled" : "failed";
    this.#record("deploy_ended", { deployId: deploy.id, deployStatus, reason: {}, status: status === "live" ? 2 : 3 });
    if (status === "live" && plan.staysDown !== true) this.#record("server_available", {});
  }

  #record(type: string, details: Readonly<Record<string, unknown>>): void {
    this.events.push({ id: makeId("evt"), timestamp: this.#now().toISOString(), serviceId: this.id, type, details });
  }

  async #run(when: "before" | "after", status: DeployStatus, deploy: FakeDeploy): Promise<void> {
    for (const entry of this.#hooks.filter((hook) => hook.when === when && hook.status === status)) {
      this.#hooks.splice(this.#hooks.indexOf(entry), 1);
      await entry.hook(deploy);
    }
  }
}

function makeId(prefix: string): string {
  return `${prefix}-${randomBytes(10).toString("hex")}`;
}
