/** Asks Render for the services of a key: all of them first; where there are too many for one answer, again for what is searched. */
import { useEffect, useRef, useState } from "react";
import { resultOf, runOperation } from "../../../api/operations.ts";
import type { ErrorValue } from "../../../../shared/errors.ts";
import { isWhole, type FoundServices } from "./services.ts";

const TYPING_STOPS_MS = 400;

interface Services {
  readonly found: FoundServices | null;
  readonly error: ErrorValue | null;
  readonly isAsking: boolean;
  readonly ask: () => void;
  readonly forget: () => void;
}

/** `apiKey` empty: the one that is kept. */
export function useServices(siteId: string, apiKey: string, search: string): Services {
  const [found, setFound] = useState<FoundServices | null>(null);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const turn = useRef(0);
  const isPartOnly = useRef(false);

  async function ask(wanted: string): Promise<void> {
    turn.current += 1;
    const mine = turn.current;
    setIsAsking(true);
    setError(null);
    const run = await runOperation("find_services", { siteId, search: wanted, ...(apiKey === "" ? {} : { apiKey }) });
    if (mine !== turn.current) return;
    const result = run.ok ? resultOf(run.value, "find_services") : null;
    setIsAsking(false);
    setError(run.ok ? run.value.error : run.error);
    setFound(result);
    if (wanted === "") isPartOnly.current = result !== null && !isWhole(result);
  }

  useEffect(() => {
    if (!isPartOnly.current) return;
    const timer = setTimeout(() => void ask(search.trim()), TYPING_STOPS_MS);
    return () => clearTimeout(timer);
    // Only what is searched asks by itself: a key is tried when the owner says so.
  }, [search]);

  return {
    found,
    error,
    isAsking,
    ask: () => void ask(""),
    forget: () => {
      turn.current += 1;
      isPartOnly.current = false;
      setFound(null);
      setError(null);
      setIsAsking(false);
    },
  };
}
