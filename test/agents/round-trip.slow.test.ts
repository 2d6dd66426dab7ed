import { describe, it } from "vitest";
import { expectEveryByteBack, expectOnlyRoutingChanged, expectUnloadedNamed } from "./round-trip.ts";
import { wildFiles } from "./wild.ts";

describe("300 agent files as found in the wild", () => {
  const files = wildFiles(300);

  it("adopt, apply and undo give back every byte", () => expectEveryByteBack(files));

  it("only model and effort of adopted files change, and read back as the policy says", () =>
    expectOnlyRoutingChanged(files));

  it("those that Claude Code does not load stay as they are, and are named with the reason", () =>
    expectUnloadedNamed(files));
});
