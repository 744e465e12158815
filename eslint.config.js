import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import { importX } from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import tseslint from "typescript-eslint";

/** Layers: shared <- engine <- app <- {desktop, cli, web}; shared <- renderer. A folder may import only what stands left of it. */
const layers = [
  { target: "./shared", from: ["./electron", "./renderer"], message: "shared/ is the bottom layer." },
  { target: "./electron/engine", from: ["./electron/app", "./electron/desktop", "./electron/cli", "./electron/web", "./renderer"], message: "The engine knows no host." },
  { target: "./electron/app", from: ["./electron/desktop", "./electron/cli", "./electron/web", "./renderer"], message: "The app layer serves every host and knows none." },
  { target: "./electron/cli", from: ["./electron/desktop", "./renderer"], message: "Hosts do not know each other." },
  // The command `serve` is the way to start that host.
  { target: "./electron/cli", from: "./electron/web", except: ["./serve-app.ts", "./open-browser.ts"], message: "Hosts do not know each other." },
  { target: "./electron/web", from: ["./electron/desktop", "./electron/cli", "./renderer"], message: "Hosts do not know each other." },
  { target: "./electron/desktop", from: ["./electron/cli", "./electron/web", "./renderer"], message: "Hosts do not know each other." },
  { target: "./renderer", from: ["./electron"], message: "The window talks to the engine through shared/ only." },
  { target: ["./renderer/api", "./renderer/stores", "./renderer/flows"], from: ["./renderer/views", "./renderer/components"], message: "What the window knows and does has no looks." },
  { target: ["./shared", "./electron", "./renderer"], from: "./test", message: "Product code never imports tests." },
];

/** What reaches out of the app, each from one module: whoever reviews that module has seen every use. */
const onlyIn = {
  shell: "electron/desktop/shell.ts",
  dialog: "electron/desktop/dialogs.ts",
  clipboard: "electron/desktop/clipboard.ts",
  safeStorage: "electron/desktop/secrets.ts",
  ipcMain: "electron/desktop/ipc-gate.ts",
  ipcRenderer: "electron/preload.ts",
  contextBridge: "electron/preload.ts",
};

/** @type {(names: readonly string[], file: string) => import("eslint").Linter.Config} */
const electronNamesBut = (names, file) => ({
  files: [file],
  rules: {
    "no-restricted-imports": [
      "error",
      { paths: [{ name: "electron", importNames: ["default", ...Object.keys(onlyIn).filter((name) => !names.includes(name))], message: "Each of these is used in one module only: see eslint.config.js." }] },
    ],
  },
});

const desktopFiles = [
  electronNamesBut([], "electron/desktop/**"),
  electronNamesBut([], "electron/main.ts"),
  ...[...new Set(Object.values(onlyIn))].map((file) => electronNamesBut(Object.keys(onlyIn).filter((name) => onlyIn[/** @type {keyof typeof onlyIn} */ (name)] === file), file)),
];

/** At Render, `PUT …/env-vars` without a name replaces every variable of a service. No path may end so, whatever it is for: nothing here needs one. */
const NO_PATH_TO_ALL_VARIABLES = "A path that ends in /env-vars replaces every variable at once: name the one variable.";
const noPathToAllVariables = [
  { selector: "Literal[value=/(?:^|\\u002F)env-vars\\u002F?(?:$|\\?)/]", message: NO_PATH_TO_ALL_VARIABLES },
  { selector: "TemplateElement[tail=true][value.cooked=/(?:^|\\u002F)env-vars\\u002F?(?:$|\\?)/]", message: NO_PATH_TO_ALL_VARIABLES },
];

export default defineConfig(
  { ignores: ["build/", "dist/", "release/", "node_modules/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ alwaysTryTypes: false })] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones: layers }],
      "import-x/no-cycle": "error",
      "import-x/no-default-export": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  ...desktopFiles,
  {
    files: ["electron/engine/**", "electron/cli/**", "electron/app/**", "electron/web/**", "electron/desktop/worker.ts", "electron/desktop/link/**", "shared/**"],
    rules: {
      "no-restricted-imports": ["error", { paths: [{ name: "electron", message: "Only electron/desktop, main.ts and preload.ts may import electron: everything else runs under plain Node." }] }],
    },
  },
  { files: ["shared/**", "electron/**", "renderer/**"], rules: { "no-restricted-syntax": ["error", ...noPathToAllVariables] } },
  // Tools insist on default exports here.
  { files: ["**/*.config.{js,ts}", "test/support/*-reporter.ts", "test/support/bundled-chroma.ts"], rules: { "import-x/no-default-export": "off" } },
);
