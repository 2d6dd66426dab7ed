import { expect, it } from "vitest";
import { type Fidelity, playRepository } from "./fidelity.ts";

it("advice changes what it names and nothing else, and goes back exactly, also after edits of the user", async () => {
  const fidelity: Fidelity = { applied: 0, reverted: 0, refused: 0, wrong: [] };
  for (let seed = 0; seed < 8; seed++) await playRepository(seed, fidelity);
  expect(fidelity.wrong).toEqual([]);
  expect(fidelity.applied).toBeGreaterThan(20);
  expect(fidelity.reverted).toBe(fidelity.applied);
  expect(fidelity.refused).toBeLessThan(fidelity.applied * 0.02);
}, 120_000);
