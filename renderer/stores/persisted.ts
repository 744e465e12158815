/** Small things the window remembers by itself, in the page's own storage. No account, key or value ever gets in. */

const PREFIX = "account-keeper.";

/** Null where nothing, or nothing readable, is kept. */
export function remembered<T>(key: string, isT: (value: unknown) => value is T): T | null {
  try {
    const text = window.localStorage.getItem(PREFIX + key);
    if (text === null) return null;
    const value: unknown = JSON.parse(text);
    return isT(value) ? value : null;
  } catch {
    return null;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs comfort only.
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
