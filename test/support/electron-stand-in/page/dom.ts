// The few parts of the DOM that the injected scripts touch. The repository's other code must not see DOM globals, so they are not
// taken from TypeScript's dom library, which would put them everywhere.

export interface PageEvent {
  readonly detail?: unknown;
  readonly defaultPrevented: boolean;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly shiftKey?: boolean;
  preventDefault(): void;
  stopImmediatePropagation(): void;
  composedPath(): unknown[];
}

interface Anchor {
  readonly href: string;
  readonly target: string;
}

type PageMethod = (this: unknown, ...args: unknown[]) => unknown;
export type PageObject = Record<string, PageMethod | undefined>;

export interface PageGlobal {
  readonly top: unknown;
  readonly location: { href: string };
  readonly document: { readonly documentElement: { style: { zoom: string } } };
  readonly navigator: Record<string, PageObject | undefined>;
  readonly Notification?: PageObject;
  readonly DOMException: new (message: string, name: string) => Error;
  readonly CustomEvent: new (type: string, init: { detail: unknown }) => object;
  readonly File: new (bits: unknown[], name: string) => object;
  readonly HTMLAnchorElement: new () => Anchor;
  addEventListener(type: string, listener: (event: PageEvent) => void, capture?: boolean): void;
  dispatchEvent(event: object): boolean;
}

export const page = globalThis as unknown as PageGlobal;

/** Preloads and the contextBridge belong to the top frame alone: nodeIntegrationInSubFrames is not offered. */
export const isTopFrame = (): boolean => page.top === globalThis;
