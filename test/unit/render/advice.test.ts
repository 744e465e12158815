/** Which plan and disk lead to which advice. */
import { describe, expect, it } from "vitest";
import { adviceFor } from "../../../electron/engine/render/advice.ts";
import type { RenderService } from "../../../electron/engine/render/model.ts";

function service(plan: string | null, mountPath: string | null = null, type = "web_service"): Pick<RenderService, "plan" | "disk" | "type"> {
  return { plan, type, disk: mountPath === null ? null : { mountPath } };
}

describe("a paid plan without a disk", () => {
  it.each([
    [undefined, "/opt/render/project/src/chroma_db"],
    ["chroma_db", "/opt/render/project/src/chroma_db"],
    ["./data//chroma/", "/opt/render/project/src/data/chroma"],
    ["../chroma", "/opt/render/project/chroma"],
    ["/var/chroma/", "/var/chroma"],
  ])("with the data at %j gets the exact mount path %s", (chromaPath, neededPath) => {
    const advice = adviceFor(service("starter"), { chromaPath });
    expect(advice).toMatchObject({ kind: "add_disk", neededPath, message: "You can make the wipe go away: your plan allows a disk." });
    expect(advice.hint).toBe(`In Render, under Disks, add one with the mount path ${neededPath}. Back up first: the new disk starts empty.`);
  });
});

it("the free plan is warned of the sleep, and told that it can have no disk", () => {
  expect(adviceFor(service("free"))).toEqual({
    kind: "free_plan",
    neededPath: "/opt/render/project/src/chroma_db",
    message: "On the free plan your site goes to sleep after 15 quiet minutes and loses its accounts each time.",
    hint: "A disk is not possible on this plan. On a paid one, a disk at /opt/render/project/src/chroma_db makes the wipe go away.",
  });
});

describe("a disk", () => {
  it.each(["/opt/render/project/src/chroma_db", "/opt/render/project/src/chroma_db/", "/opt/render/project/src", "/opt/render"])("at %s keeps the accounts", (mountPath) => {
    expect(adviceFor(service("starter", mountPath))).toMatchObject({ kind: "disk_keeps", mountPath, message: "Your site keeps its disk; the wipe does not happen." });
  });

  it.each(["/var/data", "/opt/render/project/src/chroma", "/opt/render/project/src/chroma_db/deeper", "/opt/render/project/src/chroma_db2"])("at %s does not", (mountPath) => {
    const advice = adviceFor(service("starter", mountPath));
    expect(advice).toMatchObject({ kind: "disk_elsewhere", neededPath: "/opt/render/project/src/chroma_db" });
    expect(advice.hint).toContain("change the mount path to /opt/render/project/src/chroma_db");
  });
});

it.each([service(null, null, "static_site"), service(null, null, "cron_job"), service("starter", null, "cron_job"), service(null)])("%j keeps no accounts at all", (given) => {
  expect(adviceFor(given)).toMatchObject({ kind: "no_place" });
});
