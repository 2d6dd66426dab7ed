import { expect, it } from "vitest";
import { type Fidelity, playRepository } from "./fidelity.ts";

const REPOSITORIES = 300;

it(`advice in ${REPOSITORIES} random repositories is applied and reverted exactly`, async () => {
  const fidelity: Fidelity = { applied: 0, reverted: 0, refused: 0, wrong: [] };
  for (let seed = 100; seed < 100 + REPOSITORIES; seed++) await playRepository(seed, fidelity);
  expect(fidelity.wrong).toEqual([]);
  expect(fidelity.applied).toBeGreaterThan(1000);
  expect(fidelity.reverted).toBe(fidelity.applied);
  expect(fidelity.refused).toBeLessThan(fidelity.applied * 0.02);
});
