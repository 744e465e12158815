import { EventEmitter } from "node:events";

import { describe, expect, test } from "vitest";

import { loud, loudApi, LoudEmitter } from "../../support/electron-stand-in/runtime/loud.ts";

class StandInThing extends LoudEmitter {
  readonly #secret = 7;
  optional: string | undefined = undefined;
  known(): number {
    return this.#secret;
  }
}

const read = (target: object, key: string): unknown => Reflect.get(target, key);

describe("nothing that is not emulated passes in silence", () => {
  test.each([
    ["an object", loud("dialog", { known: 1 }), "dialog.unknown"],
    ["a class", new StandInThing(), "Thing.unknown"],
    ["a whole API", loudApi("autoUpdater"), "autoUpdater.unknown"],
  ])("a member of %s", (_name, target, message) => {
    expect(() => read(target, "unknown")).toThrow(`stand-in: ${message} is not emulated`);
  });

  test("an API is neither called nor constructed", () => {
    const api = loudApi("TouchBar") as new () => object;
    expect(() => new api()).toThrow("stand-in: new TouchBar() is not emulated");
    expect(() => Reflect.apply(api as unknown as () => void, undefined, [])).toThrow("stand-in: TouchBar() is not emulated");
  });
});

describe("what is there works as ever", () => {
  test("members, private fields and members that are there but undefined", () => {
    const thing = new StandInThing();
    expect([thing.known(), thing.optional]).toEqual([7, undefined]);
  });

  test("events, and being an EventEmitter", () => {
    const thing = new StandInThing();
    const heard: unknown[] = [];
    thing.once("news", (news) => heard.push(news));
    expect([thing.emit("news", 1), thing.emit("news", 2)]).toEqual([true, false]);
    expect(heard).toEqual([1]);
    expect(thing).toBeInstanceOf(EventEmitter);
  });

  test("a test may replace a member", () => {
    const dialog = loud("dialog", { show: (): string => "nobody" });
    dialog.show = () => "the test";
    expect(dialog.show()).toBe("the test");
  });

  test("await and JSON ask for members of their own", async () => {
    await expect(Promise.resolve(loud("app", { known: 1 }))).resolves.toMatchObject({ known: 1 });
    expect(JSON.stringify(loud("app", { known: 1 }))).toBe('{"known":1}');
  });
});
