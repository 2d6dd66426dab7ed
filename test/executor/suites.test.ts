import { describe, expect, it } from "vitest";
import { FULL, QUICK } from "../eval/cascade/scenarios.ts";
import { playSuite, renderSuite } from "../eval/cascade/suite.ts";

describe("the suites", () => {
  it("quick: five everyday tasks, all on Sonnet, at half of Opus", async () => {
    const report = await playSuite(QUICK);
    expect(report.played.filter(({ wrong }) => wrong)).toEqual([]);
    const text = renderSuite("quick", report);
    expect(text).toContain("Success rate    5 (100%)");
    expect(text).toContain("Ended on        sonnet 5 (100%), opus 0 (0%)");
    expect(text).toContain("Fallback rate   0.0% (0 of 5 runs that began on Sonnet)");
    // 5 × (2400 × $2 + 600 × $10) and 5 × (2400 × $4 + 600 × $20), per million.
    expect(text).toContain("Cost            $0.0540, all on Opus $0.1080: 50% saved");
  });

  it("full: fifteen with what goes wrong on ordinary days, each where it has to end", async () => {
    const report = await playSuite(FULL);
    expect(report.played).toHaveLength(15);
    expect(report.played.filter(({ wrong }) => wrong)).toEqual([]);
    const text = renderSuite("full", report);
    expect(text).toContain("Ended on        sonnet 10 (67%), opus 5 (33%)");
    expect(text).toContain("(4 of 14 runs that began on Sonnet)");
  });
});
