/** What an owner should know about the plan of their service: whether the wipe can be made to go away, and how. Pure. */
import type { RenderService } from "./model.ts";

/** Where Render puts a site's own files, and where the reference site keeps its database below that. */
const PROJECT_FOLDER = "/opt/render/project/src";
const REFERENCE_FOLDER = "chroma_db";

export type Advice =
  /** The accounts are on a disk that stays. */
  | { readonly kind: "disk_keeps"; readonly mountPath: string; readonly message: string; readonly hint: string }
  /** There is a disk, but the accounts are not on it. */
  | { readonly kind: "disk_elsewhere"; readonly mountPath: string; readonly neededPath: string; readonly message: string; readonly hint: string }
  /** The plan allows a disk, and there is none. */
  | { readonly kind: "add_disk"; readonly neededPath: string; readonly message: string; readonly hint: string }
  /** No disk on this plan, and the wipe comes with every sleep as well. */
  | { readonly kind: "free_plan"; readonly neededPath: string; readonly message: string; readonly hint: string }
  /** A kind of service that has no plan: it can hold no accounts. */
  | { readonly kind: "no_place"; readonly message: string; readonly hint: string };

export interface AdviceOptions {
  /** Where the site keeps its Chroma data: absolute, or below the project's folder. Default: `chroma_db`, as the reference site. */
  chromaPath?: string | undefined;
}

/** The advice for this service, in the owner's words. */
export function adviceFor(service: Pick<RenderService, "plan" | "disk" | "type">, options: AdviceOptions = {}): Advice {
  const neededPath = absolutePath(options.chromaPath ?? REFERENCE_FOLDER);
  const { plan, disk } = service;
  if (disk !== null && covers(absolutePath(disk.mountPath), neededPath)) {
    return {
      kind: "disk_keeps",
      mountPath: disk.mountPath,
      message: "Your site keeps its disk; the wipe does not happen.",
      hint: "Backups still help against mistakes and broken data.",
    };
  }
  if (disk !== null) {
    return {
      kind: "disk_elsewhere",
      mountPath: disk.mountPath,
      neededPath,
      message: `Your site has a disk at ${disk.mountPath}, but its accounts are kept elsewhere and are wiped.`,
      hint: `In Render, under Disks, change the mount path to ${neededPath}, or have the site keep its data below ${disk.mountPath}.`,
    };
  }
  if (plan === null || service.type === "static_site" || service.type === "cron_job") {
    return { kind: "no_place", message: "This kind of service keeps no accounts.", hint: "Choose the web service your visitors sign up on." };
  }
  if (plan === "free") {
    return {
      kind: "free_plan",
      neededPath,
      message: "On the free plan your site goes to sleep after 15 quiet minutes and loses its accounts each time.",
      hint: `A disk is not possible on this plan. On a paid one, a disk at ${neededPath} makes the wipe go away.`,
    };
  }
  return {
    kind: "add_disk",
    neededPath,
    message: "You can make the wipe go away: your plan allows a disk.",
    hint: `In Render, under Disks, add one with the mount path ${neededPath}. Back up first: the new disk starts empty.`,
  };
}

/** Without double slashes, dots and a slash at the end. A relative path is below the project's folder, where Render starts a site. */
function absolutePath(path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${PROJECT_FOLDER}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function covers(mountPath: string, path: string): boolean {
  return mountPath === "/" || path === mountPath || path.startsWith(`${mountPath}/`);
}
