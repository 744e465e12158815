/** Copies words for support, and says whether that worked. */
import { useState } from "react";
import { copyText } from "../flows/copy-variable.ts";
import { announce } from "../stores/announcer.ts";
import { en } from "../strings/en.ts";
import { Button, type ButtonProps } from "./Button.tsx";

export function CopyDetails({ text, ...rest }: { readonly text: () => string } & Pick<ButtonProps, "rank" | "size">) {
  const [said, setSaid] = useState<string | null>(null);
  async function copy(): Promise<void> {
    const result = (await copyText(text())) ? en.frame.detailsCopied : en.frame.detailsNotCopied;
    setSaid(result);
    announce(result);
  }
  return (
    <Button {...rest} icon="copy" onClick={() => void copy()}>
      {said ?? en.frame.copyDetails}
    </Button>
  );
}
