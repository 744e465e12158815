/** What went wrong at Render; where another key or another service helps, with the way to the settings. */
import type { ReactNode } from "react";
import type { ErrorCode, ErrorValue } from "../../shared/errors.ts";
import { goTo } from "../stores/place.ts";
import { en } from "../strings/en.ts";
import { Button } from "./Button.tsx";
import { ErrorNote } from "./ErrorNote.tsx";

const MENDED_IN_SETTINGS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["HOST_KEY_REFUSED", "HOST_SERVICE_NOT_FOUND", "KEY_MISSING"]);

export function HostErrorNote({ error, action }: { readonly error: ErrorValue; readonly action?: ReactNode }) {
  return (
    <ErrorNote
      error={error}
      action={
        <>
          {action}
          {MENDED_IN_SETTINGS.has(error.code) && (
            <Button size="s" icon="settings" onClick={() => goTo("settings")}>
              {en.render.toSettings}
            </Button>
          )}
        </>
      }
    />
  );
}
