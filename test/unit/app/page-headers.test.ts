import { expect, test } from "vitest";
import { contentSecurityPolicy, pageHeaders } from "../../../electron/app/page-headers.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; connect-src";

test.each([
  ["desktop", "'none'"],
  ["web", "'self'"],
] as const)("the policy of the %s host starts from nothing and lets in the app's own files only", (host, connect) => {
  expect(contentSecurityPolicy(host)).toBe(`${POLICY} ${connect}`);
  expect(contentSecurityPolicy(host)).not.toMatch(/unsafe|\*|https?:|blob:/);
});

test.each(["desktop", "web"] as const)("every answer of the %s host carries it, and lets no other origin read", (host) => {
  expect(pageHeaders(host)).toMatchObject({ "content-security-policy": contentSecurityPolicy(host), "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  expect(Object.keys(pageHeaders(host)).join()).not.toContain("access-control");
});
