/** What was copied, its length and checksum, and how long it stays on the clipboard. */
import { en } from "../strings/en.ts";
import { useClipboard, type Copied } from "../stores/clipboard.ts";
import { ErrorNote } from "./ErrorNote.tsx";
import { Icon } from "./Icon.tsx";
import { useNow } from "./use-now.ts";

const words = en.variable;
const ROUND = 56.5;

function Ring({ share }: { readonly share: number }) {
  return (
    <svg className="cd" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
      <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="3" opacity=".22" />
      <circle cx="11" cy="11" r="9" fill="none" stroke="currentColor" strokeWidth="3" strokeDasharray={`${share * ROUND} ${ROUND}`} transform="rotate(-90 11 11)" />
    </svg>
  );
}

/** How long it stays on the clipboard. */
export function Countdown({ copied }: { readonly copied: Copied }) {
  const now = useNow(1_000);
  if (copied.clearsAt === null) return <span className="nb">{words.stays}</span>;
  const left = Math.max(0, copied.clearsAt - now);
  return (
    <span className="nb countdown">
      <span>{words.clearsIn(left)}</span>
      <Ring share={left / (copied.clearsAt - copied.at)} />
    </span>
  );
}

export function CopiedNote({ siteId }: { readonly siteId: string }) {
  const { copied, failed } = useClipboard();
  if (failed !== null && failed.siteId === siteId) return <ErrorNote error={failed.error} />;
  if (copied === null || copied.siteId !== siteId) return null;
  if (copied.state !== "there") {
    const text = { cleared: words.cleared, left: words.left, unknown: words.unknown }[copied.state];
    return (
      <p className="note">
        <Icon name="check" />
        <span>{text}</span>
      </p>
    );
  }
  return (
    <div className="toast">
      <Icon name="check" />
      <span>
        <b className="b">{words.copied}</b> {words.copiedWhat(copied.length)} <span className="mono">{copied.checksum}</span>
      </span>
      <span className="end">
        <Countdown copied={copied} />
      </span>
    </div>
  );
}
