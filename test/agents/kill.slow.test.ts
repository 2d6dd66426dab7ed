import { expect, it } from "vitest";
import { adoptAndKill, stepsOfAdopt } from "./kill.ts";

it("an apply that is killed at any step is taken back by undo and completed by a second one", async () => {
  const steps = await stepsOfAdopt();
  for (let step = 0; step < steps; step++) {
    await adoptAndKill(step, "undo");
    await adoptAndKill(step, "adopt");
  }
});
