import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { costCauses, RolecallError } from "../../src/index.ts";
import { sum } from "../../src/domain/numbers.ts";

const DEMO = { claudeDirs: [join(import.meta.dirname, "../../fixtures/demo")], db: ":memory:" };

describe("costCauses of the library", () => {
  it("gives each dollar one cause", async () => {
    const { causes, nano, sessions } = await costCauses(DEMO);
    expect(sessions).toBe(24);
    expect(sum(causes.filter(({ parent }) => parent === null).map((cause) => cause.nano))).toBeCloseTo(
      nano,
      3,
    );
  });

  it("takes days, patterns and sessions", async () => {
    const whole = await costCauses(DEMO);
    const shop = await costCauses({ ...DEMO, project: "*shop*", since: "2026-11-01" });
    expect(shop.nano).toBeGreaterThan(0);
    expect(shop.nano).toBeLessThan(whole.nano);
    const session = await costCauses({ ...DEMO, session: "fdf0f4ae" });
    expect(session.sessions).toBe(1);
  });

  it("says what is wrong with what it was given", async () => {
    await expect(costCauses({ ...DEMO, timezone: "Middle/Earth" })).rejects.toThrow(
      'unknown time zone "Middle/Earth"',
    );
    await expect(costCauses({ ...DEMO, session: "none" })).rejects.toThrow(RolecallError);
  });
});
