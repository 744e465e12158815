// Watches all of Chromium's targets: the title of a page, and popups that opened past the injected window.open (from a frame, by a
// form). The page's host asks the app about those; Chromium's own window goes in any case, because an allowed one is a BrowserWindow.
import { browser } from "./chromium.ts";
import { hostOfTarget, ignoreGone } from "./page-host.ts";
import { preventable } from "./preventable-event.ts";
import { StandInWebContents } from "./web-contents.ts";

export async function watchTargets(): Promise<void> {
  const { root } = browser();
  root.on("Target.targetCreated", ({ targetInfo }) => {
    const opener = targetInfo.openerId === undefined ? undefined : StandInWebContents.fromDevToolsTargetId(targetInfo.openerId);
    if (targetInfo.type !== "page" || !opener || hostOfTarget(targetInfo.targetId)) return;
    root.send("Target.closeTarget", { targetId: targetInfo.targetId }).catch(ignoreGone);
  });
  root.on("Target.targetInfoChanged", ({ targetInfo }) => {
    const contents = StandInWebContents.fromDevToolsTargetId(targetInfo.targetId);
    // Chromium calls a page without a title by its address; Electron does not.
    if (!contents || targetInfo.title === contents.title || targetInfo.url.endsWith(targetInfo.title)) return;
    contents.title = targetInfo.title;
    contents.emit("page-title-updated", preventable({}), targetInfo.title, true);
  });
  await root.send("Target.setDiscoverTargets", { discover: true });
}
