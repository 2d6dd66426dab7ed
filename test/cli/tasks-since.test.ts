import { expect, it } from "vitest";
import { tasksSince } from "../../src/cli/report.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-11-21T12:00:00Z");
const since = (days: number | undefined) =>
  tasksSince(days === undefined ? {} : { since: NOW - days * DAY_MS }, { now: () => NOW });

it("events are read of everything that the client is about to delete, and of all of the period", () => {
  expect(since(7)).toBe(NOW - 35 * DAY_MS);
  expect(since(90)).toBe(NOW - 90 * DAY_MS);
  expect(since(undefined)).toBe(0);
});
