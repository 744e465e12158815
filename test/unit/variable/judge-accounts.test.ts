import { expect, it } from "vitest";
import { judgeAccounts } from "../../../electron/engine/variable/offer.ts";

const deep = `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`;

it.each([
  ["nested deeper than a site reads", `{"user_id":"u-1","email":"u-1@example.com","more":${deep}}`],
  ["with a key twice", '{"user_id":"u-1","email":"u-1@example.com","password_hash":"a","password_hash":"b"}'],
])("an account %s makes no variable, and no error of the look at its site", async (_name, json) => {
  expect(await judgeAccounts([{ id: "u-1", json }])).toMatchObject({ eligible: false, reason: "not_restorable", message: "The variable could not bring all accounts back." });
});
