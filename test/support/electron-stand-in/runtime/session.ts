// `session`: one default session. Partitions would need browser contexts that Playwright does not see, so they are refused.
import type { Session } from "electron";

import { app } from "./app.ts";
import { loud, LoudEmitter, notEmulated } from "./loud.ts";
import { createNet, StandInProtocol } from "./net.ts";
import { Permissions } from "./permissions.ts";
import { StandInWebRequest } from "./web-request.ts";

type Emulated = "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler" | "setSpellCheckerEnabled" | "isPersistent";

export class StandInSession extends LoudEmitter implements Pick<Session, Emulated> {
  readonly protocol = new StandInProtocol();
  readonly webRequest = new StandInWebRequest();
  readonly permissions = new Permissions();

  setPermissionRequestHandler(handler: Permissions["request"]): void {
    this.permissions.request = handler;
  }
  setPermissionCheckHandler(handler: Permissions["check"]): void {
    this.permissions.check = handler;
  }
  setDevicePermissionHandler(handler: Permissions["device"]): void {
    this.permissions.device = handler;
  }
  isPersistent(): boolean {
    return true;
  }
  readonly setSpellCheckerEnabled = (): void => undefined;
}

let defaultSession: StandInSession | undefined;

export function theSession(): StandInSession {
  if (!app.isReady()) throw new Error("Session can only be received when app is ready");
  return (defaultSession ??= new StandInSession());
}

export const session = loud("session", {
  get defaultSession(): StandInSession {
    return theSession();
  },
  fromPartition: (partition: string): StandInSession => (partition === "" ? theSession() : notEmulated(`session.fromPartition("${partition}")`)),
});

/** `protocol` of the module is the default session's, but its schemes are registered before there is a session. */
const early = new StandInProtocol();
export const protocol = loud("protocol", {
  registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => early.registerSchemesAsPrivileged(schemes),
  handle: (...args: Parameters<StandInProtocol["handle"]>) => theSession().protocol.handle(...args),
  unhandle: (scheme: string) => theSession().protocol.unhandle(scheme),
  isProtocolHandled: (scheme: string) => theSession().protocol.isProtocolHandled(scheme),
} satisfies Pick<Electron.Protocol, "handle" | "unhandle" | "isProtocolHandled" | "registerSchemesAsPrivileged">);

export const net = createNet({ handlerOf: (scheme) => theSession().protocol.handlerOf(scheme) });
