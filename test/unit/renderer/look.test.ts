/** When a site is looked at again. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Operation } from "../../../shared/operations.ts";
import type { SiteView } from "../../../shared/model.ts";
import { overviewOf } from "./fake-bridge.ts";

const site: SiteView = { id: "site-0001", name: "Marlow Bakery", source: { kind: "server", shown: "https://db.example.com", tenant: null, database: null, auth: "none", hasKey: true }, collectionName: "users", vault: "~/Backups", encrypted: false, settings: { watch: true, restoreAfterWipe: true, rehearse: true }, watching: "on", canBeWatched: true, trouble: null, render: null };
const ended = (more: Partial<Operation> = {}): Operation => ({ id: "operation-0001", kind: "look", siteId: site.id, state: "done", startedAt: "2026-11-27T10:00:00.000Z", endedAt: "2026-11-27T10:00:00.100Z", progress: null, error: null, result: overviewOf(7), ...more });

/** The window's own modules, anew; `looks` counts how often a look was asked for. */
async function openFlows() {
  const call = vi.fn(() => new Promise(() => undefined));
  vi.resetModules();
  vi.stubGlobal("window", { keeper: { call, onEvent: () => () => undefined }, localStorage: { getItem: () => null, setItem: () => undefined } });
  vi.stubGlobal("document", { visibilityState: "visible" });
  const flows = await import("../../../renderer/flows/look.ts");
  const { setSites } = await import("../../../renderer/stores/sites.ts");
  const { lookOf } = await import("../../../renderer/stores/looks.ts");
  setSites([site, { ...site, id: "site-0002", name: "Tidewater Yoga" }]);
  return { ...flows, lookOf, looks: () => call.mock.calls.length };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("soon after something moved, also when a look that began before it ends after it", async () => {
  const { lookSoon, noteLook, looks } = await openFlows();
  lookSoon(site.id);
  noteLook(ended());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks()).toBe(1);
});

it("soon after something moved, also when that look has failed", async () => {
  const { lookSoon, noteLook, looks } = await openFlows();
  lookSoon(site.id);
  noteLook(ended({ state: "failed", result: null, error: { code: "SERVER_UNREACHABLE", message: "Nobody answers.", retryable: true } }));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks()).toBe(1);
});

it("soon again when the collection went away during a look, which says nothing of a wipe yet; then as after any trouble", async () => {
  const { noteLook, looks } = await openFlows();
  const gone = ended({ state: "failed", result: null, error: { code: "COLLECTION_NOT_FOUND", message: "There is no collection.", retryable: false } });
  noteLook(gone);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks()).toBe(1);
  noteLook(gone);
  await vi.advanceTimersByTimeAsync(39_000);
  expect(looks()).toBe(1);
});

it("at a site that is not shown only when something moved there, and never to wake it", async () => {
  const { lookAfterNews, noteLook, looks, lookOf } = await openFlows();
  const other = { at: "2026-11-27T10:00:00.000Z", level: "info", site: "Tidewater Yoga", siteId: "site-0002", message: "Your site is asleep." } as const;
  noteLook(ended({ siteId: other.siteId }));
  await vi.advanceTimersByTimeAsync(120_000);
  lookAfterNews({ ...other, kind: "asleep" });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(looks()).toBe(0);
  expect(lookOf(other.siteId).trouble?.error).toMatchObject({ code: "SITE_ASLEEP", message: "Your site is asleep." });
  lookAfterNews({ ...other, kind: "wiped" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks()).toBe(1);
});

it("once for several reasons in a row, and otherwise after a minute", async () => {
  const { lookSoon, noteLook, looks } = await openFlows();
  noteLook(ended());
  await vi.advanceTimersByTimeAsync(59_000);
  expect(looks()).toBe(0);
  lookSoon(site.id);
  lookSoon(site.id);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(looks()).toBe(1);
});
