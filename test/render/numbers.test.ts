import { afterEach, describe, expect, it } from "vitest";
import { formatRoughUsd, formatUsd, formatUsdRange, useCurrency } from "../../src/render/numbers.ts";
import { fromUsd } from "../../src/domain/money.ts";

describe("amounts", () => {
  afterEach(() => useCurrency({ code: "USD", perDollar: 1 }));

  it.each([
    ["USD", 1, ["$1,234.50", "$0.0042", "-$3.00", "$0.00", "$1,235"]],
    ["EUR", 0.92, ["€1,135.74", "€0.0039", "-€2.76", "€0.00", "€1,136"]],
    ["JPY", 155, ["¥191,348", "¥0.65", "-¥465", "¥0", "¥191,348"]],
    ["KWD", 0.307, ["KWD 378.992", "KWD 0.001", "-KWD 0.921", "KWD 0.000", "KWD 379"]],
  ])("in %s have the decimals of its unit", (code, perDollar, expected) => {
    useCurrency({ code, perDollar });
    const shown = [1234.5, 0.0042, -3, 0].map((usd) => formatUsd(fromUsd(usd)));
    expect([...shown, formatUsd(fromUsd(1234.5), 0)]).toEqual(expected);
  });

  it("make ranges without a second sign, and with words where one is negative", () => {
    expect(formatUsdRange(fromUsd(63.2), fromUsd(88))).toBe("$63–88");
    expect(formatUsdRange(fromUsd(-13), fromUsd(182))).toBe("-$13 to $182");
    expect(formatUsdRange(fromUsd(1.41), fromUsd(3.58), formatUsd)).toBe("$1.41–3.58");
    useCurrency({ code: "KWD", perDollar: 0.307 });
    expect(formatUsdRange(fromUsd(100), fromUsd(200))).toBe("KWD 31–61");
    expect(formatRoughUsd(fromUsd(1))).toBe("KWD 0.307");
  });
});
