import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { toUsd } from "../../src/domain/money.ts";
import { periodOfDays } from "../../src/domain/period.ts";
import { type FallbackReport, readFallbacks } from "../../src/operations/fallbacks.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { readSavings, type SavingsReport } from "../../src/operations/savings.ts";
import { SEED_CASE, writeSeedCase } from "../helpers/seed-case.ts";

let fallbacks: FallbackReport;
let savings: SavingsReport;

beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), "rolecall-seed-"));
  writeSeedCase(root);
  const history = await openHistory({ claudeDirs: [root], db: ":memory:" }, process.env, root);
  const period = periodOfDays(SEED_CASE.since, SEED_CASE.until, "UTC");
  fallbacks = readFallbacks(history, period);
  savings = readSavings(history, period, {}, { hourlyRate: 60, hoursSpent: 0.5 });
  history.close();
});

describe("the guide's case, at the prices of that day", () => {
  it("counts 873 calls, 848 attempts on Sonnet and 25 that went on to Opus", () => {
    expect(fallbacks.panel).toMatchObject({ calls: 873, sonnetAttempts: 848, opusFallbacks: 25 });
  });

  it("comes to 97 % and 3 %, which is excellent", () => {
    expect(fallbacks.panel.withoutFallbackRate).toBeCloseTo(0.9705, 4);
    expect(fallbacks.panel.sonnetSuccessRate).toBeCloseTo(0.9694, 4);
    expect(fallbacks.panel.escalationRate).toBeCloseTo(0.0295, 4);
    expect(fallbacks.panel.recommendation).toMatch(/^Excellent/);
    expect(fallbacks.tiers.find(({ tier }) => tier === "sonnet")).toMatchObject({
      started: 848,
      verdict: "excellent",
    });
  });

  it("cost what Sonnet 4.5 ($3/$15) and Opus 4.5 ($5/$25) cost then", () => {
    // 848 × (6,800 × $3 + 15 × $15) / 1M + 25 × (6,800 × $5 + 15 × $25) / 1M
    expect(toUsd(fallbacks.panel.actualNano)).toBeCloseTo(18.349375, 9);
    // 873 × (6,800 × $5 + 15 × $25) / 1M: both models count tokens alike, so nothing is rescaled
    expect(toUsd(fallbacks.panel.alwaysOpusNano)).toBeCloseTo(30.009375, 9);
    expect(toUsd(fallbacks.panel.savingsNano)).toBeCloseTo(11.66, 9);
    expect(fallbacks.panel.savingsShare).toBeCloseTo(0.3885, 4);
    expect(toUsd(fallbacks.panel.averagePerCallNano ?? 0)).toBeCloseTo(0.021019, 6);
    expect(toUsd(fallbacks.panel.averagePerCallOpusNano ?? 0)).toBeCloseTo(0.034375, 6);
  });

  it("has every switch explained by /model", () => {
    expect(fallbacks.switches).toEqual({
      availability: 0,
      refusal: 0,
      consent: 0,
      "plan-mode": 0,
      command: 50,
      resume: 0,
      unexplained: 0,
    });
  });

  it("saves as much a month, and twelve times that a year", () => {
    expect(toUsd(savings.projection.savings.month.midNano)).toBeCloseTo(11.66, 6);
    expect(toUsd(savings.projection.savings.year.midNano)).toBeCloseTo(139.92, 6);
    expect(savings.projection.savings).toMatchObject({ activeDays: 30, days: 30 });
  });

  it("earns half an hour at $60 back in 77 days", () => {
    expect(savings.worth?.breakEvenDays).toBeCloseTo(30 / (11.66 / 30), 4);
    expect(toUsd(savings.worth?.returnPerHourNano ?? 0)).toBeCloseTo(279.84, 6);
  });
});
