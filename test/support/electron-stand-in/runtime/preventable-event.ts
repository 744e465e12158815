// The event object that Electron hands to listeners which may say no.

export interface PreventableEvent {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<T extends object>(details: T): T & PreventableEvent {
  let prevented = false;
  const event: PreventableEvent = {
    get defaultPrevented() {
      return prevented;
    },
    preventDefault: () => (prevented = true),
  };
  // defineProperties keeps the getter, which a spread would freeze at its first value.
  return Object.defineProperties({ ...details }, Object.getOwnPropertyDescriptors(event)) as T & PreventableEvent;
}
