// Who is open. Keeps the modules that must reach every window (quitting, the theme) from importing the windows themselves.

export interface ManagedWindow {
  /** Asks as a user's click on the close button does. False: it stays. */
  closeAsking(): Promise<boolean>;
  destroy(): void;
}

export const windows = new Set<ManagedWindow>();

/** Processes that end with the app. */
export const children = new Set<{ kill(signal?: NodeJS.Signals): boolean }>();
