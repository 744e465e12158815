/** How often something that crashes is started again: a little later each time, and not for ever. Pure. */

/** Returns after how many milliseconds to start again, or null: it crashes too often. */
export type RestartBudget = (nowMs: number) => number | null;

const MAX_CRASHES = 3;
const WITHIN_MS = 60_000;
const FIRST_DELAY_MS = 250;

/** Call it at each crash. The third one within a minute is the last. */
export function createRestartBudget(): RestartBudget {
  let crashes: number[] = [];
  return (nowMs) => {
    crashes = [...crashes.filter((at) => nowMs - at < WITHIN_MS), nowMs];
    return crashes.length >= MAX_CRASHES ? null : FIRST_DELAY_MS * 2 ** (crashes.length - 1);
  };
}
