/** What the window's page may load and do, sent with every file of it, whoever serves it. Pure. */
import type { HostInfo } from "../../shared/model.ts";

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
  // Text never becomes markup or code: React sets neither from strings here.
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
} as const;

/** On the desktop the page talks through the preload alone; in a browser, to its own host over HTTP. */
export function contentSecurityPolicy(host: HostInfo["host"]): string {
  const connect = host === "desktop" ? "'none'" : "'self'";
  return Object.entries({ ...POLICY, "connect-src": connect })
    .map(([directive, value]) => `${directive} ${value}`)
    .join("; ");
}

/** Headers of every answer. There is none that lets another origin read anything. */
export function pageHeaders(host: HostInfo["host"]): Readonly<Record<string, string>> {
  // In a browser the page copies the variable and clears it by itself.
  const clipboard = host === "desktop" ? "()" : "(self)";
  return {
    "content-security-policy": contentSecurityPolicy(host),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": `camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), clipboard-read=${clipboard}, clipboard-write=${clipboard}`,
  };
}
