/** The app's settings and what this host can do. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { ErrorValue } from "../../shared/errors.ts";
import type { HostInfo, Settings } from "../../shared/model.ts";

interface SettingsState {
  readonly settings: Settings;
  readonly host: HostInfo | null;
  readonly notices: readonly ErrorValue[];
}

/** Until the app has told its own. */
const assumed: Settings = { theme: "system", contrast: "system", notifications: true, startAtLogin: false, closeToTray: true, automaticUpdates: true };

export const settingsStore = createStore<SettingsState>()(() => ({ settings: assumed, host: null, notices: [] }));

export function setSettings(settings: Settings): void {
  settingsStore.setState({ settings });
}

export function setHost(host: HostInfo): void {
  settingsStore.setState({ host, notices: host.notices });
}

export function addNotice(notice: ErrorValue): void {
  settingsStore.setState((state) => ({ notices: [...state.notices, notice] }));
}

export function dropNotice(notice: ErrorValue): void {
  settingsStore.setState((state) => ({ notices: state.notices.filter((other) => other !== notice) }));
}

export function useSettings(): Settings {
  return useStore(settingsStore, (state) => state.settings);
}

export function useHost(): HostInfo | null {
  return useStore(settingsStore, (state) => state.host);
}

/** A browser's page may be open far from the folders it tells of. */
export function useCanShowFiles(): boolean {
  return useStore(settingsStore, (state) => state.host?.fileManager === true);
}

export function useNotices(): readonly ErrorValue[] {
  return useStore(settingsStore, (state) => state.notices);
}
