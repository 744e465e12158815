import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { APP_URL, fileFor, isAppUrl } from "../../../electron/desktop/app-files.ts";

const root = resolve("/app/dist/renderer");

test.each([
  [APP_URL, "index.html", "text/html; charset=utf-8"],
  ["app://account-keeper/", "index.html", "text/html; charset=utf-8"],
  ["app://account-keeper/assets/index-Ab1.js", "assets/index-Ab1.js", "text/javascript; charset=utf-8"],
  ["app://account-keeper/assets/a%20b.css?v=1#x", "assets/a b.css", "text/css; charset=utf-8"],
])("%s is served", (address, name, mediaType) => {
  expect(fileFor(address, root)).toEqual({ path: resolve(root, name), mediaType });
});

describe("nothing is served", () => {
  test.each([
    "app://account-keeper/..%2f..%2fpackage.json",
    "app://account-keeper/%2e%2e/%2e%2e/package.json",
    "app://account-keeper/..%5c..%5cpackage.json",
    "app://account-keeper/assets/..%2f..%2f..%2fmain.js",
    "app://account-keeper/%2fetc%2fpasswd",
    "app://account-keeper/C%3a/Windows/win.ini",
    "app://account-keeper/index.html%00.js",
    "app://account-keeper/%E0%A4%A",
    "app://account-keeper/main.ts",
    "app://account-keeper/assets",
    "app://other/index.html",
    "app://account-keeper.evil/index.html",
    "app://account-keeper:80/index.html",
    "app://x@account-keeper/index.html",
    "https://account-keeper/index.html",
    "file:///app/dist/renderer/index.html",
    "index.html",
  ])("for %s", (address) => {
    const file = fileFor(address, root);
    // Chromium and URL take ".." out before we see it; what is left must be inside.
    expect(file === null || file.path.startsWith(root)).toBe(true);
    if (!address.includes("%2e%2e/")) expect(file).toBeNull();
  });
});

describe("our page is told from others by protocol and host", () => {
  test.each([APP_URL, "app://account-keeper/other.html?x=1"])("%s is ours", (address) => {
    expect(isAppUrl(address)).toBe(true);
  });

  test.each(["https://evil.example/?next=app://account-keeper/", "https://account-keeper/", "app://account-keeper.evil/", "app://evil/app://account-keeper", "application://account-keeper/", "app:account-keeper", "data:text/html,app://account-keeper", "about:blank", "APP://ACCOUNT-KEEPER/", ""])("%j is not", (address) => {
    expect(isAppUrl(address)).toBe(false);
  });
});
