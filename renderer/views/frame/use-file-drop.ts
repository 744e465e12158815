/** A file over the window: the frame says what dropping it does. The page never opens it: what it holds is read by the app. */
import { useEffect, useState } from "react";
import { takeFile } from "../../api/bridge.ts";
import { openDialog, placeStore } from "../../stores/place.ts";
import { addNotice } from "../../stores/settings.ts";

/** Nothing that is being done or decided is put aside by a drop. */
function mayDrop(): boolean {
  const { dialog } = placeStore.getState();
  return dialog === null || dialog.kind === "inspect";
}

async function lookInside(siteId: string | null, file: File): Promise<void> {
  const taken = await takeFile(file);
  if (taken.ok) openDialog({ kind: "inspect", siteId, file: taken.value });
  else addNotice(taken.error);
}

export function useFileDrop(siteId: string | null): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    function onOver(event: DragEvent): void {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(mayDrop());
    }
    function onLeave(event: DragEvent): void {
      if (event.relatedTarget === null) setIsOver(false);
    }
    function onDrop(event: DragEvent): void {
      // Whatever is dropped, the window must not leave its page.
      event.preventDefault();
      setIsOver(false);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined && mayDrop()) void lookInside(siteId, file);
    }
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
    };
  }, [siteId]);
  return isOver;
}
