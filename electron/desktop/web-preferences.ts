/** How every page of the app is confined by Electron itself. Written out also where it is the default: defaults have changed before. Pure. */

/** `devTools` only while developing. */
export function webPreferences(preload: string, isPackaged: boolean) {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !isPackaged,
  } as const satisfies Electron.WebPreferences;
}
