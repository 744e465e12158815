import { describe, expect, it } from "vitest";
import { createDoor } from "../../../electron/web/door.ts";

const yes = (): Promise<boolean> => Promise.resolve(true);
const no = (): Promise<boolean> => Promise.resolve(false);

describe("a door", () => {
  it("makes tokens and sessions of 256 bits, never the same", async () => {
    const door = createDoor();
    const made = new Set<string>();
    for (let index = 0; index < 100; index += 1) {
      const token = door.createToken("shown");
      const entry = await door.enter(token, no);
      made.add(token).add(entry.kind === "entered" ? entry.session : "");
    }
    expect(made.size).toBe(200);
    for (const secret of made) expect(Buffer.from(secret, "base64url")).toHaveLength(32);
  });

  it("keeps everybody in who came in", async () => {
    const door = createDoor();
    const sessions: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const entry = await door.enter(door.createToken("shown"), yes);
      if (entry.kind === "entered") sessions.push(entry.session);
    }
    expect(sessions.map((session) => door.knows(session))).toEqual([true, true, true]);
    expect([undefined, "", "x"].map((session) => door.knows(session))).toEqual([false, false, false]);
    // A token is no session.
    expect(door.knows(door.createToken("shown"))).toBe(false);
  });

  it("has one link of either kind, and each leaves the other alone", async () => {
    const door = createDoor();
    const [first, opened, second] = [door.createToken("shown"), door.createToken("opened"), door.createToken("shown")];
    expect((await door.enter(first, yes)).kind).toBe("used");
    expect((await door.enter(opened, yes)).kind).toBe("entered");
    expect((await door.enter(second, yes)).kind).toBe("entered");
  });

  it("does not let another user use up a link that we opened", async () => {
    const door = createDoor();
    const token = door.createToken("opened");
    expect((await door.enter(token, no)).kind).toBe("other_user");
    expect((await door.enter(token, yes)).kind).toBe("entered");
    expect((await door.enter(token, yes)).kind).toBe("used");
  });

  it("lets only one of two in who try at the same moment", async () => {
    const door = createDoor();
    const token = door.createToken("opened");
    const kinds = (await Promise.all([door.enter(token, yes), door.enter(token, yes)])).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["entered", "used"]);
  });

  it("forgets a link that we opened after five minutes, one that was shown never", async () => {
    let now = 0;
    const door = createDoor(() => now);
    const [opened, shown] = [door.createToken("opened"), door.createToken("shown")];
    now = 5 * 60_000 + 1;
    expect((await door.enter(opened, yes)).kind).toBe("used");
    now = 24 * 60 * 60_000;
    expect((await door.enter(shown, yes)).kind).toBe("entered");
  });
});
