/** A file over the window: the frame says what dropping it does. The page never opens it: what it holds is read by the app. */
import { useEffect, useState } from "react";
import { openDialog } from "../../stores/place.ts";

export function useFileDrop(siteId: string | null): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    function onOver(event: DragEvent): void {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(siteId !== null);
    }
    function onLeave(event: DragEvent): void {
      if (event.relatedTarget === null) setIsOver(false);
    }
    function onDrop(event: DragEvent): void {
      // Whatever is dropped, the window must not leave its page.
      event.preventDefault();
      setIsOver(false);
      if (siteId !== null && hasFiles(event)) openDialog({ kind: "inspect", siteId });
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
