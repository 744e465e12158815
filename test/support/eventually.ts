/** Waits for what another process tells nobody about. */
import { vi } from "vitest";

/** A busy machine takes its time; whoever waits in vain waits for a real fault. */
const TIMEOUT_MS = 60_000;

/** Asks again and again until `check` does not throw, and returns what it returned. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return await vi.waitFor(check, { timeout: TIMEOUT_MS, interval: 50 });
}
