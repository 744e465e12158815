// What the isolated world and the main process say to each other, as JSON. Values inside are encoded by the codec.

export type FromPage =
  | { type: "world-ready" }
  | { type: "send"; channel: string; args: string }
  | { type: "invoke"; id: number; channel: string; args: string }
  | { type: "open"; url: string; frameName: string; features: string }
  | { type: "leave"; url: string }
  | { type: "permission"; id: number; question: PermissionQuestion }
  | { type: "file-path"; id: number }
  | { type: "preload-error"; message: string; stack: string }
  | { type: "require-denied"; module: string };

export type ToPage =
  | { type: "reply"; id: number; value: string }
  | { type: "failure"; id: number; message: string }
  | { type: "event"; channel: string; args: string }
  | { type: "permission-answer"; id: number; granted: boolean }
  | { type: "file-path-answer"; id: number; path: string };

/** `request` asks the way a use of the feature does, `check` only looks, `device` asks about one piece of hardware. */
export interface PermissionQuestion {
  kind: "request" | "check" | "device";
  permission: string;
  mediaTypes?: ("video" | "audio")[];
}

export interface IsolatedWorldConfig {
  bridge: string;
  binding: string;
  receiver: string;
  /** Under this name main finds a file whose path was asked for, by the question's id. */
  files: string;
  preloadPath: string;
  process: Record<string, unknown>;
}

export interface MainWorldConfig {
  bridge: string;
  /** Schemes of the app's own, each with the suffix of the https host it is served from. */
  schemes: string[];
  hostSuffix: string;
}
