/** What else can be done with a backup: verify, export, show, delete. */
import { Menu } from "@mantine/core";
import { Icon } from "../../components/Icon.tsx";
import { showFolder } from "../../flows/site-actions.ts";
import { openDialog } from "../../stores/place.ts";
import { useCanShowFiles } from "../../stores/settings.ts";
import { en } from "../../strings/en.ts";
import type { BackupRow } from "./kept-because.ts";

const words = en.backups.detail;

interface BackupMenuProps {
  readonly siteId: string;
  readonly row: BackupRow;
  readonly onVerify: () => void;
  readonly onExport: () => void;
  readonly onCompare: () => void;
}

export function BackupMenu({ siteId, row, onVerify, onExport, onCompare }: BackupMenuProps) {
  const { entry } = row;
  const canShow = useCanShowFiles();
  const isUsable = entry.state === "good" || entry.state === "locked";
  const reason = row.isNewest ? words.keptNewest : row.isFullest ? words.keptFullest : null;
  return (
    <Menu position="bottom-end" withinPortal={false} floatingStrategy="fixed" trapFocus returnFocus withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="btn ghost icon sm plain" aria-label={en.frame.more}>
          <Icon name="more" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {(isUsable || entry.state === "damaged") && <Menu.Item onClick={onVerify}>{words.menu.verify}</Menu.Item>}
        {isUsable && <Menu.Item onClick={onCompare}>{words.menu.compareAgain}</Menu.Item>}
        {isUsable && <Menu.Item onClick={onExport}>{words.menu.exportIt}</Menu.Item>}
        {canShow && <Menu.Item onClick={() => void showFolder(siteId, entry.name)}>{words.menu.show}</Menu.Item>}
        <Menu.Item
          className="menu-last"
          aria-disabled={reason !== null}
          closeMenuOnClick={reason === null}
          onClick={() => {
            if (reason === null) openDialog({ kind: "delete_backup", siteId, name: entry.name });
          }}
        >
          {words.menu.remove}
          {reason !== null && <span className="xs t2 reason">{reason}</span>}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
