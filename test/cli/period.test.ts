import { describe, expect, it } from "vitest";
import { type PeriodArgs, periodFrom } from "../../src/cli/options.ts";
import type { Io } from "../../src/cli/io.ts";
import { periodJson } from "../../src/cli/report.ts";
import { UsageError } from "../../src/errors.ts";
import { periodText } from "../../src/render/scope.ts";
import { NOW } from "../helpers/run-cli.ts";

const io = { env: { TZ: "UTC" }, now: () => NOW } as unknown as Io;

const PERIODS: readonly [PeriodArgs, since: string | null, until: string | null, words: string][] = [
  [{}, "2026-10-23", null, "Last 30 days: 2026-10-23 to 2026-11-21 (UTC)"],
  [{ days: 1 }, "2026-11-21", null, "Today: 2026-11-21 (UTC)"],
  [{ days: 7 }, "2026-11-15", null, "Last 7 days: 2026-11-15 to 2026-11-21 (UTC)"],
  [{ all: true }, null, null, "All days up to 2026-11-21 (UTC)"],
  [{ since: "2026-11-20" }, "2026-11-20", null, "Last 2 days: 2026-11-20 to 2026-11-21 (UTC)"],
  [{ until: "2026-11-20" }, null, "2026-11-20", "All days up to 2026-11-20 (UTC)"],
  [{ days: 2, until: "2026-11-20" }, "2026-11-19", "2026-11-20", "2026-11-19 to 2026-11-20 (UTC)"],
  [{ since: "yesterday", until: "yesterday" }, "2026-11-20", "2026-11-20", "2026-11-20 (UTC)"],
];

describe("the period of a report", () => {
  it.each(PERIODS)("%o is from %s to %s: %s", (args, since, until, words) => {
    const period = periodFrom(args, io);
    expect(periodJson(period)).toEqual({ since, until, timezone: "UTC" });
    expect(periodText(period, NOW)).toBe(words);
  });

  it.each<PeriodArgs>([
    { all: true, days: 7 },
    { all: true, since: "7d" },
    { days: 7, since: "7d" },
    { days: 0 },
    { since: "2026-11-20", until: "2026-11-19" },
  ])("%o is an error", (args) => expect(() => periodFrom(args, io)).toThrow(UsageError));
});
