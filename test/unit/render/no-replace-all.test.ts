/** The path that replaces every variable of a service: the lint rule finds it, however it is written. */
import { ESLint, Linter } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

const PRODUCT_FILES = ["electron/engine/render/render-client.ts", "electron/engine/index.ts", "electron/app/app.ts", "electron/cli/main.ts", "electron/desktop/shell.ts", "electron/web/routes.ts", "shared/model.ts"];

/** The rule as the configuration sets it for each of these files. */
const settings = new Map<string, unknown>();

beforeAll(async () => {
  const eslint = new ESLint();
  for (const file of PRODUCT_FILES) {
    const config = (await eslint.calculateConfigForFile(file)) as { rules: Record<string, unknown> };
    settings.set(file, config.rules["no-restricted-syntax"]);
  }
});

function complaints(code: string, file: string): string[] {
  const rule = settings.get(file) as Linter.RuleEntry;
  return new Linter().verify(code, { rules: { "no-restricted-syntax": rule } }).map(({ message }) => message);
}

describe.each(PRODUCT_FILES)("in %s", (file) => {
  it.each([
    'send("PUT", `/services/${id}/env-vars`, [])',
    'send("PUT", `/services/${id}/env-vars/`, [])',
    'send("PUT", `${base}/env-vars?limit=1`)',
    'send("PUT", "/services/" + id + "/env-vars")',
    'send("PUT", "/services/srv-1/env-vars", [])',
    'send("PUT", ["services", id, "env-vars"].join("/"))',
    'send("PUT", "/services/" + id + "/env-vars/" + key)',
  ])("%s is an error", (code) => {
    expect(complaints(code, file)).toEqual([expect.stringContaining("replaces every variable at once")]);
  });

  it.each(['send("PUT", `/services/${id}/env-vars/${key}`)', 'say("env-vars are variables")', 'send("GET", `/services/${id}/events`)'])("%s is fine", (code) => {
    expect(complaints(code, file)).toEqual([]);
  });
});
