/** The product's mark and the same shape as the state of a site: which state it is can be told without colour. */
import type { Glyph } from "../views/overview/hero.ts";

const BOWL = "M5 16H10.34A6 6 0 0 0 21.66 16H27A11 11 0 0 1 5 16Z";

export function Mark({ light = false }: { readonly light?: boolean }) {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill={light ? "#fff" : "#742A5F"} />
      <g transform="translate(0 -1)">
        <path d={BOWL} fill={light ? "#742A5F" : "#fff"} stroke={light ? "#742A5F" : "#fff"} strokeLinejoin="round" />
        <circle cx="16" cy="13.4" r="3.9" fill={light ? "#C57AAD" : "#F3C9E2"} />
      </g>
    </svg>
  );
}

function Shape({ glyph }: { readonly glyph: Glyph }) {
  const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.7, strokeLinecap: "round", strokeLinejoin: "round" } as const;
  const bowl = <path d={BOWL} fill="currentColor" stroke="currentColor" strokeLinejoin="round" />;
  switch (glyph) {
    case "safe":
      return <>{bowl}<circle cx="16" cy="13.6" r="4" fill="currentColor" /></>;
    case "restored":
      return <>{bowl}<circle cx="16" cy="13.6" r="4" fill="currentColor" /><path d="M9.2 10.4A7.4 7.4 0 0 1 22.4 9.6" {...line} /><path d="M8.6 6.6 9 10.6l3.9-.7" {...line} /></>;
    case "risk":
      return <>{bowl}<circle cx="16" cy="6.2" r="3.3" {...line} /><path d="m13.8 12.2 2.2 2.2 2.2-2.2" {...line} /></>;
    case "wiped":
      return <>{bowl}<circle cx="16" cy="10" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.3 1.9" /></>;
    case "asleep":
      return <>{bowl}<path d="M18.9 12.3A4.6 4.6 0 0 1 13.6 6a4.8 4.8 0 1 0 5.3 6.3Z" fill="currentColor" /></>;
    case "unreach":
      return <><path d={BOWL} fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.6 2" strokeLinejoin="round" /><circle cx="16" cy="12.6" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.6" /></>;
    default:
      return glyph satisfies never;
  }
}

export function StateGlyph({ glyph, busy = false }: { readonly glyph: Glyph; readonly busy?: boolean }) {
  const tone = glyph === "restored" ? "safe" : glyph;
  return (
    <div className={`state ${tone}${busy ? " working" : ""}`}>
      <svg viewBox="2.5 2 27 27" aria-hidden="true" focusable="false">
        <Shape glyph={glyph} />
      </svg>
    </div>
  );
}
