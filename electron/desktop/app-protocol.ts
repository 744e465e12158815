/** The app's own scheme: the window's page comes from `dist/renderer` and from nowhere else. */
import { readFile } from "node:fs/promises";
import { protocol } from "electron";
import type { Log } from "../app/keeper-app.ts";
import { APP_SCHEME, fileFor } from "./app-files.ts";
import { pageHeaders } from "../app/page-headers.ts";

/** Has to come before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } }]);
}

/** `root` holds the built page. What is not in it is answered with 404, and logged. */
export function setupAppProtocol(root: string, log: Log): void {
  protocol.handle(APP_SCHEME, async ({ url, method }) => {
    const file = method === "GET" || method === "HEAD" ? fileFor(url, root) : null;
    try {
      if (file === null) throw new Error("not served");
      const body = await readFile(file.path);
      return new Response(method === "HEAD" ? null : new Uint8Array(body), { headers: { ...pageHeaders("desktop"), "content-type": file.mediaType, "cache-control": "no-cache" } });
    } catch {
      log.warn(`Not served: ${method} ${url.slice(0, 200)}`);
      return new Response("Not found", { status: 404, headers: { ...pageHeaders("desktop"), "content-type": "text/plain; charset=utf-8" } });
    }
  });
}
