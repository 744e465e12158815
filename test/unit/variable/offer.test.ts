import { expect, it, vi } from "vitest";
import { offerVariable } from "../../../electron/engine/variable/offer.ts";
import { asRecorded } from "./fixtures.ts";

// An encoder with a defect: it loses everybody.
vi.mock(import("../../../electron/engine/variable/encode.ts"), async (original) => ({ ...(await original()), encodeVariable: () => "W10=" }));

it("offers no value that it could not prove", async () => {
  await expect(offerVariable(asRecorded(1))).rejects.toMatchObject({ code: "VERIFICATION_FAILED" });
});
