/** Headers of every answer of the browser host: what its page may do, and what other pages may do with it. */

/** The same as on the desktop, but for connect-src: here the page talks to its host over HTTP. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** No header lets another origin read anything: there is no CORS here. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export const NO_STORE = "no-store";
/** For files whose name changes with their content. */
export const KEEP_FOREVER = "private, max-age=31536000, immutable";
