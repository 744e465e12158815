/** What one click on a site leads to. */
import { afterEach, expect, it, vi } from "vitest";
import type { Overview } from "../../../shared/operations.ts";
import { overviewOf } from "./fake-bridge.ts";

const busy = { code: "BUSY", message: "Something else is at work on this site.", retryable: true } as const;

/** The window's own modules, anew, over an app that answers when it is told to. */
async function openFlows() {
  const asked: ((answer: unknown) => void)[] = [];
  const call = vi.fn(() => new Promise((resolve) => void asked.push(resolve)));
  vi.resetModules();
  vi.stubGlobal("window", { keeper: { call, onEvent: () => () => undefined }, localStorage: { getItem: () => null, setItem: () => undefined } });
  const { backUp } = await import("../../../renderer/flows/site-actions.ts");
  const { settingsStore } = await import("../../../renderer/stores/settings.ts");
  const { operationsStore } = await import("../../../renderer/stores/operations.ts");
  const { noteOverview } = await import("../../../renderer/stores/looks.ts");
  const { placeStore } = await import("../../../renderer/stores/place.ts");
  const see = (more: Partial<Overview>, accounts: number): void => noteOverview("site-0001", overviewOf(accounts, more));
  return { call, backUp, see, dialog: () => placeStore.getState().dialog, answer: (value: unknown) => asked.shift()?.(value), notices: () => settingsStore.getState().notices, operations: () => Object.values(operationsStore.getState().byId) };
}

afterEach(() => void vi.unstubAllGlobals());

it("a double click backs up once, and another site meanwhile as well", async () => {
  const { call, backUp, answer, operations } = await openFlows();
  const clicks = [backUp("site-0001"), backUp("site-0001"), backUp("site-0002")];
  expect(call).toHaveBeenCalledTimes(2);
  answer({ ok: true, value: { operationId: "operation-0001" } });
  answer({ ok: true, value: { operationId: "operation-0002" } });
  await Promise.all(clicks);
  // Before the app tells of it, so that nothing offers it once more.
  expect(operations()).toMatchObject([{ id: "operation-0001", kind: "backup", siteId: "site-0001", state: "running" }, { id: "operation-0002", siteId: "site-0002" }]);
});

it("where some of the last backup are gone it asks first; where nobody is there at all the app says what that means", async () => {
  const { call, backUp, see, dialog } = await openFlows();
  see({ state: "wiped", missing: 7 }, 1);
  void backUp("site-0001");
  expect([call.mock.calls.length, dialog()]).toEqual([0, { kind: "fewer", siteId: "site-0001" }]);
  see({ state: "wiped", missing: 7 }, 0);
  void backUp("site-0001");
  expect(call).toHaveBeenCalledTimes(1);
});

it("a backup that could not begin is said, and can be asked for again", async () => {
  const { call, backUp, answer, notices } = await openFlows();
  const first = backUp("site-0001");
  answer({ ok: false, error: busy });
  await first;
  expect(notices()).toEqual([busy]);
  void backUp("site-0001");
  expect(call).toHaveBeenCalledTimes(2);
});
