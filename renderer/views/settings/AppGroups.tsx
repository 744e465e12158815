/** What holds for the whole app: notices, look, start, tray, updates. The host says what it can do. */
import { SegmentedControl } from "@mantine/core";
import { call } from "../../api/bridge.ts";
import { Button } from "../../components/Button.tsx";
import type { ErrorValue } from "../../../shared/errors.ts";
import type { Settings } from "../../../shared/model.ts";
import { openDialog } from "../../stores/place.ts";
import { addNotice, setSettings, useHost, useSettings } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import { SettingRow, SwitchRow } from "./SettingRow.tsx";

/** Where there is no room of its own for what went wrong. */
async function changeOrSay(settings: Partial<Settings>): Promise<void> {
  const failure = await change(settings);
  if (failure !== null) addNotice(failure);
}

async function change(settings: Partial<Settings>): Promise<ErrorValue | null> {
  const answer = await call("settings.update", settings);
  if (!answer.ok) return answer.error;
  setSettings(answer.value);
  return null;
}

export function NoticesGroup() {
  const words = en.settings.notices;
  const host = useHost();
  const settings = useSettings();
  return <SwitchRow label={words.on} hint={words.hint} checked={settings.notifications && host?.notifications !== false} blocked={host?.notifications === false ? words.cannot : undefined} onChange={(notifications) => change({ notifications })} />;
}

export function AppGroup() {
  const words = en.settings.app;
  const host = useHost();
  const settings = useSettings();
  return (
    <>
      <SettingRow label={words.theme}>
        <SegmentedControl
          aria-label={words.theme}
          value={settings.theme}
          onChange={(theme) => void changeOrSay({ theme: theme === "light" || theme === "dark" ? theme : "system" })}
          data={[
            { value: "system", label: words.themes.system },
            { value: "light", label: words.themes.light },
            { value: "dark", label: words.themes.dark },
          ]}
        />
      </SettingRow>
      <SettingRow label={words.contrast}>
        <SegmentedControl
          aria-label={words.contrast}
          value={settings.contrast}
          onChange={(contrast) => void changeOrSay({ contrast: contrast === "more" ? "more" : "system" })}
          data={[
            { value: "system", label: words.contrasts.system },
            { value: "more", label: words.contrasts.more },
          ]}
        />
      </SettingRow>
      {host?.startAtLogin === true && <SwitchRow label={words.startAtLogin} checked={settings.startAtLogin} onChange={(startAtLogin) => change({ startAtLogin })} />}
      {host?.host === "desktop" && <SwitchRow label={words.closeToTray} checked={settings.closeToTray} onChange={(closeToTray) => change({ closeToTray })} />}
      {host?.updates === true && <SwitchRow label={words.updates} checked={settings.automaticUpdates} onChange={(automaticUpdates) => change({ automaticUpdates })} />}
      <SettingRow label={host === null ? en.frame.product : words.version(host.version)}>
        <Button size="s" onClick={() => openDialog({ kind: "keys" })}>
          {words.keys}
        </Button>
      </SettingRow>
    </>
  );
}
