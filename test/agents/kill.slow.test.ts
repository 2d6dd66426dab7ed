import { it } from "vitest";
import { expectRighted, stepsOfAdopt } from "./kill.ts";

it("an apply that is killed at any step is taken back by undo and completed by a second one", async () => {
  const steps = await stepsOfAdopt();
  for (let step = 0; step < steps; step++) {
    await expectRighted(step, "undo");
    await expectRighted(step, "adopt");
  }
});
