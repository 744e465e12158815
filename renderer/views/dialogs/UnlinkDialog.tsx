/** Asks before a site's link to Render is given up. */
import { call } from "../../api/bridge.ts";
import { ConfirmDialog } from "../../components/ConfirmDialog.tsx";
import { siteById } from "../../stores/sites.ts";
import { en } from "../../strings/en.ts";

export function UnlinkDialog({ siteId }: { readonly siteId: string }) {
  const words = en.render.unlink;
  return (
    <ConfirmDialog
      title={words.title(siteById(siteId)?.render?.service.name ?? "")}
      hint={words.hint}
      confirm={words.confirm}
      danger
      onConfirm={async () => {
        const answer = await call("render.unlink", { siteId });
        return answer.ok ? null : answer.error;
      }}
    />
  );
}
