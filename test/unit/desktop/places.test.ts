import { describe, expect, test } from "vitest";
import { linkAmong, parseDeepLink } from "../../../electron/desktop/places.ts";

describe("a link leads", () => {
  test.each([
    ["account-keeper://overview", { place: "overview", siteId: null }],
    ["account-keeper://redeploy/", { place: "redeploy", siteId: null }],
    ["account-keeper://backups?site=01234567-89ab-cdef", { place: "backups", siteId: "01234567-89ab-cdef" }],
  ])("%s", (link, destination) => {
    expect(parseDeepLink(link)).toEqual(destination);
  });
});

describe("a link that is not ours does nothing", () => {
  test.each([
    "account-keeper://restore",
    "account-keeper://overview/../settings",
    "account-keeper://overview/extra",
    "account-keeper://overview?site=",
    "account-keeper://overview?site=../../etc/passwd",
    "account-keeper://overview?site=01234567-89ab&site=01234567-89ac",
    "account-keeper://overview?url=https://evil.example",
    "account-keeper://overview#x",
    "account-keeper://user:password@overview",
    "account-keeper://overview:80",
    "account-keeper:overview",
    "https://overview",
    "account-keeper://__proto__",
    "account-keeper://",
    `account-keeper://overview?site=${"a".repeat(400)}`,
    "no link at all",
    "",
  ])("%s", (link) => {
    expect(parseDeepLink(link)).toBeNull();
  });
});

test("the link is found among a start's arguments", () => {
  expect(linkAmong(["/opt/app", "--hidden", "account-keeper://backups"])).toBe("account-keeper://backups");
  expect(linkAmong(["/opt/app", "--see=account-keeper://backups"])).toBeNull();
});
