import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sum } from "../../src/domain/numbers.ts";
import { costCauses, type History, openHistory, RolecallError } from "../../src/index.ts";

describe("costCauses of the library", () => {
  let history: History;
  beforeAll(async () => void (history = await openHistory({ demo: true })));
  afterAll(() => history.close());

  it("gives each dollar one cause", () => {
    const { causes, usd, sessions } = costCauses(history);
    expect(sessions).toBe(24);
    expect(usd).toBeCloseTo(32.45, 2);
    expect(sum(causes.filter(({ parent }) => parent === null).map((cause) => cause.usd))).toBeCloseTo(usd, 9);
  });

  it("takes days, patterns and sessions", () => {
    const whole = costCauses(history);
    const shop = costCauses(history, { project: "*shop*", since: "2026-11-01" });
    expect(shop.usd).toBeGreaterThan(0);
    expect(shop.usd).toBeLessThan(whole.usd);
    expect(costCauses(history, { session: "fdf0f4ae" }).sessions).toBe(1);
  });

  it("says what is wrong with what it was given", () => {
    expect(() => costCauses(history, { timezone: "Middle/Earth" })).toThrow(
      'unknown time zone "Middle/Earth"',
    );
    expect(() => costCauses(history, { session: "none" })).toThrow(RolecallError);
  });
});
