import { describe, expect, it } from "vitest";
import { compareReadings } from "./agreement.ts";
import type { TurnLabel } from "./score-turns.ts";

const label = (turn: number, outcome: TurnLabel["outcome"]): TurnLabel => ({
  session: "00000000",
  turn,
  outcome,
  weight: 1,
});

describe("the agreement of two readings", () => {
  it("counts the same first choice, and a choice that the first reader also allows", () => {
    const first = [label(0, ["accepted"]), label(1, ["reworked", "accepted"])];
    const second = [label(0, ["accepted"]), label(1, ["accepted"])];
    expect(compareReadings(first, second).outcome).toMatchObject({
      turns: 2,
      strict: 0.5,
      withAlternatives: 1,
    });
  });

  it("is 0 in kappa for readings that agree as often as by chance, and 1 for equal ones", () => {
    const mixed = [label(0, ["accepted"]), label(1, ["reworked"])];
    expect(compareReadings(mixed, mixed).outcome.kappa).toBe(1);
    const allAccepted = [label(0, ["accepted"]), label(1, ["accepted"])];
    expect(compareReadings(mixed, allAccepted).outcome.kappa).toBe(0);
  });

  it("refuses a turn that was read only once", () =>
    expect(() => compareReadings([], [label(3, ["failed"])])).toThrow("no label of 00000000 turn 3"));
});
