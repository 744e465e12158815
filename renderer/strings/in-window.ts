/** The next step in the window, where the app's own words name a command or an option of the command line. Pure. */
import type { ErrorCode, ErrorValue } from "../../shared/errors.ts";
import type { ActivityView } from "../../shared/model.ts";
import { en } from "./en.ts";

const ofErrors: Partial<Record<ErrorCode, string>> = en.errors.nextSteps;
const ofActivity: Readonly<Record<string, string>> = en.activity.nextSteps;

export function inWindow(error: ErrorValue): ErrorValue {
  const hint = ofErrors[error.code];
  return hint === undefined ? error : { ...error, hint };
}

export function hintInWindow({ kind, level, hint }: Pick<ActivityView, "kind" | "level" | "hint">): string | undefined {
  if (kind === "rehearsed" && level !== "info") return en.activity.rehearseAgain;
  return ofActivity[kind] ?? hint;
}
