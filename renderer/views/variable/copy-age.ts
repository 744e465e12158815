/** Whether the variable that was copied last still holds everybody. Pure. */
import type { Overview } from "../../../shared/operations.ts";
import type { LastCopy } from "../../stores/clipboard.ts";

/**
 * True only where it is certain: a look at the site after the copy makes a variable of another length. A change that keeps
 * the length, such as a new password, is not seen. What the host holds is not known either way.
 */
export function isOutOfDate(copy: LastCopy | null, overview: Overview): boolean {
  if (copy === null || overview.state !== "online" || Date.parse(overview.checkedAt) <= copy.at) return false;
  const length = overview.gauge.find(({ id }) => id === "linux")?.used;
  return length !== undefined && length !== copy.length;
}
