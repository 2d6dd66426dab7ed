import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { parseRequest, priceRequest } from "../../src/operations/model-cost.ts";
import { runCli } from "../helpers/run-cli.ts";

const DAY = "2026-11-21";

describe("the calculator", () => {
  it("prices a request part by part, in a batch, and as often as it is made", () => {
    const request = parseRequest({ in: "10k", out: "8k", cached: "6k", times: "100/week" });
    expect(request).toEqual({
      promptTokens: 10_000,
      outputTokens: 8000,
      cachedTokens: 6000,
      times: { count: 100, per: "week" },
    });
    // 4,000 at $2, 6,000 at $0.10 and 8,000 at $10 per million.
    const cost = request && priceRequest("claude-sonnet-5-5", request, DAY);
    expect(cost).toMatchObject({
      requestNano: 88_600_000,
      batchNano: 44_300_000,
      timesNano: 8_860_000_000,
      perUnitNano: { week: 8_860_000_000 },
    });
    expect(cost?.parts.reduce((sum, { costNano }) => sum + costNano, 0)).toBe(88_600_000);
    expect(cost?.perUnitNano?.year).toBeCloseTo((8.86e9 / 7) * 365, 0);
  });

  it("uses the price of a long prompt, and of the day", () => {
    const long = parseRequest({ in: "200k" });
    expect(long && priceRequest("claude-haiku-5-5", long, DAY)?.requestNano).toBe(100_000_000);
    const short = parseRequest({ in: "100k" });
    expect(short && priceRequest("claude-haiku-5-5", short, DAY)?.requestNano).toBe(10_000_000);
    expect(short && priceRequest("claude-mythos-preview", short, DAY)).toBeUndefined();
    expect(short && priceRequest("no-such-model", short, DAY)).toBeUndefined();
  });

  it("reads numbers as people write them", () => {
    for (const [text, tokens] of [
      ["10k", 10_000],
      ["1.5M", 1_500_000],
      ["8,000", 8000],
      ["8_000", 8000],
      ["0", 0],
    ] as const)
      expect(parseRequest({ out: text })?.outputTokens).toBe(tokens);
    for (const [text, times] of [
      ["12", { count: 12, per: undefined }],
      ["5 a day", { count: 5, per: "day" }],
      ["1,000 per Month", { count: 1000, per: "month" }],
    ] as const)
      expect(parseRequest({ in: "1", times: text })?.times).toEqual(times);
    expect(parseRequest({})).toBeUndefined();
  });

  it("refuses what is no request", () => {
    for (const words of [
      { in: "many" },
      { in: "-5" },
      { in: "" },
      { out: "1e3" },
      { in: "1k", cached: "2k" },
      { cached: "2k" },
      { times: "3" },
      { in: "1", times: "0" },
      { in: "1", times: "often" },
      { in: "1", times: "5/fortnight" },
    ])
      expect(() => parseRequest(words)).toThrow(UsageError);
  });

  it("compares every model, cheapest first, and shows all forms", async () => {
    const words = ["models", "--in", "10k", "--out", "8k", "--date", DAY];
    const { out } = await runCli(words, { columns: 80 });
    expect(out.split("\n")[2]).toMatch(/^Haiku 5\.5 +\$0\.0050 +\$0\.0025/);
    expect(out).not.toContain("claude-3");
    const csv = await runCli([...words, "--csv"]);
    expect(csv.out).toContain("claude-sonnet-5-5,Sonnet 5.5,0.1,0.05,\r\n");
    const json = await runCli(["models", "opus", "--in", "1k", "--times", "10/day", "--date", DAY, "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      models: [
        {
          id: "claude-opus-5-5",
          request: { promptTokens: 1000, cachedTokens: 0, outputTokens: 0, times: { count: 10, per: "day" } },
          cost: {
            requestUsd: 0.004,
            batchUsd: 0.002,
            timesUsd: 0.04,
            perUnitUsd: { day: 0.04, week: 0.28, year: 14.6 },
          },
        },
      ],
    });
  });
});
